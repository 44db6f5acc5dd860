// Assigns prompts to encoder processes: the least busy process gets the oldest prompt that can still meet its deadline. Others are
// refused on arrival or dropped before they start, because late work would make every later prompt late, too (at four times the
// capacity first in, first out served 5 % in time, this 91 %).
import { estimateTokens } from '../core/prompt/token-estimate.ts'
import { expectedError, RouterError } from '../errors.ts'
import { createFleet, type Fleet } from './fleet.ts'
import type { Headroom } from './headroom.ts'
import { type AddOptions, type Jobs, timedOut } from './jobs.ts'
import type { ServiceTime } from './service-time.ts'
import type { Slot } from './slot.ts'

/** Every arriving prompt leaves room for one of so many tokens, but for no more than this share of the deadline. */
const LONG_TOKENS = 256
const LONG_SHARE = 0.25

export interface DispatchCounters {
  /** Refused on arrival, because they could not have met their deadline. */
  refused: number
  /** Accepted, but dropped before they started, because they could no longer meet their deadline. */
  expired: number
  /** Failed, because no process was running. */
  unavailable: number
}

export interface DispatcherOptions {
  jobs: Jobs
  serviceTime: ServiceTime
  headroom: Headroom
  now: () => number
  isClosed: () => boolean
}

export interface Dispatcher {
  readonly counters: DispatchCounters
  addSlot(slot: Slot): void
  /** @throws RouterError `encoder_unavailable`, `encoder_overloaded` where the deadline could not be met */
  admit(text: string, options: Omit<AddOptions, 'tokens'>): Promise<Float32Array>
  /** Expected milliseconds until a process starts what comes now. */
  waitMs(): number
  /** Sends waiting prompts to free processes. */
  dispatch(): void
  /** The jobs of one run. */
  answered(slot: Slot, jobs: readonly number[]): void
  /** A process ended: its prompts are retried once, or fail. */
  ended(slot: Slot, unanswered: number[], why: string): void
}

export const unavailable = (why: string): RouterError =>
  new RouterError('encoder_unavailable', `The encoder process is not running: ${why}.`)

const lateForSure = (waitMs: number, deadlineMs: number): RouterError =>
  expectedError(
    'encoder_overloaded',
    `The encoder is busy for another ${Math.round(waitMs)} ms; ${deadlineMs} ms are allowed.`,
    { details: { waitMs: Math.round(waitMs), deadlineMs } },
  )

interface State extends DispatcherOptions {
  counters: DispatchCounters
  fleet: Fleet
}

const dispatch = ({ jobs, now, fleet, counters }: State): void => {
  for (let slot = fleet.leastBusy(); slot; slot = fleet.leastBusy()) {
    const job = jobs.take()
    if (!job) return
    if (fleet.isInTime(slot, job)) fleet.send(slot, job)
    else {
      counters.expired += 1
      jobs.reject(job.id, timedOut(Math.round(job.deadlineAt - now())))
    }
  }
}

const giveUp = ({ counters }: State, why: string): RouterError => {
  counters.unavailable += 1
  return unavailable(why)
}

/**
 * @throws RouterError where the earlier prompts leave too little time for this one, or for a long one: without that, short prompts
 * would keep the queue so full that no long one fits in
 */
const refuseLate = (state: State, tokens: number, deadlineMs: number): void => {
  const { jobs, fleet, serviceTime, headroom, counters } = state
  const ownMs = serviceTime.expectedMs(tokens)
  const longMs = Math.min(LONG_SHARE * deadlineMs, serviceTime.expectedMs(LONG_TOKENS))
  const waitMs = fleet.expectedMs(jobs.sumBefore(tokens, serviceTime.expectedMs)) + ownMs
  if (waitMs + Math.max(0, longMs - ownMs) <= headroom.atDoor(deadlineMs)) return
  if (jobs.waiting === 0 && fleet.hasIdle()) return
  counters.refused += 1
  throw lateForSure(waitMs, deadlineMs)
}

/** Retries a job of a dead process once: a prompt that ended two processes is not sent to a third. */
const again = (state: State, id: number, why: string): void => {
  const { jobs, fleet, isClosed } = state
  const job = jobs.get(id)
  if (!job) return
  if (!isClosed() && job.attempts === 1 && fleet.canServe(job.deadlineAt)) jobs.putBack(id)
  else jobs.reject(id, giveUp(state, why))
}

export const createDispatcher = (options: DispatcherOptions): Dispatcher => {
  const { jobs, now, isClosed, serviceTime } = options
  const fleet = createFleet(options)
  const counters: DispatchCounters = { refused: 0, expired: 0, unavailable: 0 }
  const state: State = { ...options, fleet, counters }
  return {
    counters,
    addSlot: fleet.add,
    admit: (text, { deadlineMs, signal }) => {
      if (!fleet.canServe(now() + deadlineMs)) throw giveUp(state, 'being started again')
      const tokens = estimateTokens(text)
      refuseLate(state, tokens, deadlineMs)
      const vector = jobs.add(text, { tokens, deadlineMs, signal })
      dispatch(state)
      return vector
    },
    waitMs: () => fleet.expectedMs(jobs.sumBefore(LONG_TOKENS, serviceTime.expectedMs)),
    dispatch: () => dispatch(state),
    answered: fleet.answered,
    ended: (slot, unanswered, why) => {
      fleet.clear(slot)
      for (const id of unanswered.reverse()) again(state, id, why)
      jobs.rejectWaiting(
        () => giveUp(state, why),
        (job) => isClosed() || !fleet.canServe(job.deadlineAt),
      )
      dispatch(state)
    },
  }
}
