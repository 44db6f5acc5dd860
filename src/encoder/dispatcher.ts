// Which prompt goes to which encoder process, and when: the least busy process gets the oldest prompt that can still be in
// time. A prompt that cannot is refused at the door, or dropped before it starts: work that nobody waits for any more is
// what makes every later prompt late, too (first in, first out served 5 % of four times the capacity, this 91 %).
import { estimateTokens } from '../core/prompt/token-estimate.ts'
import { RouterError } from '../errors.ts'
import { createFleet, type Fleet } from './fleet.ts'
import { type AddOptions, type Jobs, timedOut } from './jobs.ts'
import type { ServiceTime } from './service-time.ts'
import type { Slot } from './slot.ts'

/** Share of the deadline that a prompt may be expected to take; the rest is for the error of the estimate. */
const PLANNED_SHARE = 0.9

export interface DispatchCounters {
  /** Refused at the door, because the work before them would have made them late. */
  refused: number
  /** Accepted, and dropped before they started, because they could no longer be in time. */
  expired: number
  /** Given up, because no process was running. */
  unavailable: number
}

export interface DispatcherOptions {
  jobs: Jobs
  serviceTime: ServiceTime
  now: () => number
  isClosed: () => boolean
}

export interface Dispatcher {
  readonly counters: DispatchCounters
  addSlot(slot: Slot): void
  /** @throws RouterError `encoder_unavailable`, `encoder_overloaded`: the prompt could not be in time */
  admit(text: string, options: Omit<AddOptions, 'tokens'>): Promise<Float32Array>
  /** Sends what waits to processes that are free. */
  dispatch(): void
  answered(slot: Slot, job: number): void
  /** A process ended: what it had is tried once more, or given up. */
  ended(slot: Slot, unanswered: number[], why: string): void
}

export const unavailable = (why: string): RouterError =>
  new RouterError('encoder_unavailable', `The encoder process is not running: ${why}.`)

const lateForSure = (waitMs: number, deadlineMs: number): RouterError =>
  new RouterError(
    'encoder_overloaded',
    `The encoder is busy for another ${Math.round(waitMs)} ms; ${deadlineMs} ms are allowed.`,
    { details: { waitMs: Math.round(waitMs), deadlineMs } },
  )

interface State extends Pick<DispatcherOptions, 'jobs' | 'now' | 'isClosed'> {
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

/** @throws RouterError where the prompts before this one would make it late */
const refuseLate = ({ jobs, fleet, counters }: State, tokens: number, deadlineMs: number): void => {
  const waitMs = fleet.expectedMs(jobs.waitingTokens(), tokens)
  if (waitMs <= PLANNED_SHARE * deadlineMs) return
  if (jobs.waiting === 0 && fleet.hasIdle()) return
  counters.refused += 1
  throw lateForSure(waitMs, deadlineMs)
}

/** One more try for a job of a dead process: a prompt that ended two processes does not get a third. */
const again = (state: State, id: number, why: string): void => {
  const { jobs, fleet, isClosed } = state
  const job = jobs.get(id)
  if (!job) return
  if (!isClosed() && job.attempts === 1 && fleet.canServe(job.deadlineAt)) jobs.putBack(id)
  else jobs.reject(id, giveUp(state, why))
}

export const createDispatcher = (options: DispatcherOptions): Dispatcher => {
  const { jobs, now, isClosed } = options
  const fleet = createFleet(options)
  const counters: DispatchCounters = { refused: 0, expired: 0, unavailable: 0 }
  const state: State = { jobs, now, isClosed, fleet, counters }
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
