// Which prompt goes to which encoder process, and when: the least busy process gets the oldest prompt that can still be in
// time. A prompt that cannot is refused at the door, or dropped before it starts: work that nobody waits for any more is
// what makes every later prompt late, too (first in, first out served 5 % of four times the capacity, this 91 %).
import { estimateTokens } from '../core/prompt/token-estimate.ts'
import { RouterError } from '../errors.ts'
import { type AddOptions, type Job, type Jobs, timedOut } from './jobs.ts'
import type { ServiceTime } from './service-time.ts'
import type { Slot } from './slot.ts'
import { createSlotLoad, type SlotLoad } from './slot-load.ts'

/** Two jobs a process: the next is in the pipe while one is computed. More would only age there. */
const JOBS_PER_PROCESS = 2
/** What a new process takes to be ready (1.2 s measured), with room: no call with less time left waits for it. */
const RESPAWN_MS = 2_000
/** Share of the deadline that a prompt may be expected to take: the rest is for what the estimate does not know. */
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

/** The processes with what each has on its hands. */
const createFleet = ({ serviceTime, now }: DispatcherOptions) => {
  const loads = new Map<Slot, SlotLoad>()
  const ready = (): Slot[] => [...loads.keys()].filter(({ state }) => state === 'ready')
  return {
    loads,
    ready,
    add: (slot: Slot) => void loads.set(slot, createSlotLoad(serviceTime, now)),
    remainingMs: (slot: Slot): number => loads.get(slot)?.remainingMs() ?? 0,
    leastBusy: (): Slot | undefined =>
      ready()
        .filter(({ inFlight }) => inFlight < JOBS_PER_PROCESS)
        .sort((a, b) => a.inFlight - b.inFlight)[0],
  }
}

export const createDispatcher = (options: DispatcherOptions): Dispatcher => {
  const { jobs, serviceTime, now, isClosed } = options
  const counters: DispatchCounters = { refused: 0, expired: 0, unavailable: 0 }
  const fleet = createFleet(options)
  const canWait = (deadlineAt: number): boolean =>
    fleet.ready().length > 0 || deadlineAt - now() > RESPAWN_MS

  /** Until a prompt that comes now would be answered. */
  const expectedMs = (tokens: number): number => {
    const ready = fleet.ready()
    const waiting = jobs.waitingTokens().map(serviceTime.expectedMs)
    const before = [...waiting, ...ready.map(fleet.remainingMs)].reduce((sum, ms) => sum + ms, 0)
    return before / Math.max(1, ready.length) + serviceTime.expectedMs(tokens)
  }
  /** An idle process takes anything: what it then takes is measured, so a pace that was overestimated comes right again. */
  const isInTime = (slot: Slot, job: Job): boolean =>
    slot.inFlight === 0 ||
    now() + fleet.remainingMs(slot) + serviceTime.expectedMs(job.tokens) <= job.deadlineAt
  const isIdle = (): boolean => jobs.waiting === 0 && fleet.ready().some((s) => s.inFlight === 0)

  const dispatch = (): void => {
    for (let slot = fleet.leastBusy(); slot; slot = fleet.leastBusy()) {
      const job = jobs.take()
      if (!job) return
      if (!isInTime(slot, job)) {
        counters.expired += 1
        jobs.reject(job.id, timedOut(Math.round(job.deadlineAt - now())))
        continue
      }
      job.attempts += 1
      fleet.loads.get(slot)?.sent(job.id, job.tokens)
      slot.send(job.id, job.text)
    }
  }
  const giveUp = (why: string): RouterError => {
    counters.unavailable += 1
    return unavailable(why)
  }
  /** One more try for what a dead process had: a prompt that killed two processes will not get a third. */
  const again = (id: number, why: string): void => {
    const job = jobs.get(id)
    if (!job) return
    if (!isClosed() && job.attempts === 1 && canWait(job.deadlineAt)) jobs.putBack(id)
    else jobs.reject(id, giveUp(why))
  }
  return {
    counters,
    addSlot: fleet.add,
    admit: (text, { deadlineMs, signal }) => {
      if (!canWait(now() + deadlineMs)) throw giveUp('being started again')
      const tokens = estimateTokens(text)
      const waitMs = expectedMs(tokens)
      if (waitMs > PLANNED_SHARE * deadlineMs && !isIdle()) {
        counters.refused += 1
        throw lateForSure(waitMs, deadlineMs)
      }
      const vector = jobs.add(text, { tokens, deadlineMs, signal })
      dispatch()
      return vector
    },
    dispatch,
    answered: (slot, job) => fleet.loads.get(slot)?.answered(job),
    ended: (slot, unanswered, why) => {
      fleet.loads.get(slot)?.clear()
      for (const id of unanswered.reverse()) again(id, why)
      jobs.rejectWaiting(
        () => giveUp(why),
        (job) => isClosed() || !canWait(job.deadlineAt),
      )
      dispatch()
    },
  }
}
