// The encoder processes with their unanswered prompts, and estimates of when each would answer another. Used by dispatcher.ts.
import type { Job } from './jobs.ts'
import type { ServiceTime } from './service-time.ts'
import type { Slot } from './slot.ts'
import { createSlotLoad, type SlotLoad } from './slot-load.ts'

/** Jobs sent to a process at a time: the next is in the pipe while one is computed; more would only wait there. */
const JOBS_PER_PROCESS = 2
/** Start time of a process (1.2 s measured) with a margin: calls with less time left do not wait for it. */
const RESPAWN_MS = 2_000

export interface FleetOptions {
  serviceTime: ServiceTime
  now: () => number
}

export interface Fleet {
  add(slot: Slot): void
  send(slot: Slot, job: Job): void
  /** The process answered the job. */
  answered(slot: Slot, job: number): void
  /** The process ended. */
  clear(slot: Slot): void
  /** The ready process with the fewest jobs that accepts another. */
  leastBusy(): Slot | undefined
  hasIdle(): boolean
  /** Whether a process is ready, or would be before the deadline. */
  canServe(deadlineAt: number): boolean
  /** Expected milliseconds until a prompt of `tokens` is answered after those of `waiting` tokens. */
  expectedMs(waiting: readonly number[], tokens: number): number
  isInTime(slot: Slot, job: Job): boolean
}

const leastBusy = (ready: Slot[]): Slot | undefined =>
  ready
    .filter(({ inFlight }) => inFlight < JOBS_PER_PROCESS)
    .sort((a, b) => a.inFlight - b.inFlight)[0]

export const createFleet = ({ serviceTime, now }: FleetOptions): Fleet => {
  const loads = new Map<Slot, SlotLoad>()
  const ready = (): Slot[] => [...loads.keys()].filter(({ state }) => state === 'ready')
  const remainingMs = (slot: Slot): number => loads.get(slot)?.remainingMs() ?? 0
  return {
    add: (slot) => void loads.set(slot, createSlotLoad(serviceTime, now)),
    send: (slot, job) => {
      job.attempts += 1
      loads.get(slot)?.sent(job.id, job.tokens)
      slot.send(job.id, job.text)
    },
    answered: (slot, job) => loads.get(slot)?.answered(job),
    clear: (slot) => loads.get(slot)?.clear(),
    leastBusy: () => leastBusy(ready()),
    hasIdle: () => ready().some(({ inFlight }) => inFlight === 0),
    canServe: (deadlineAt) => ready().length > 0 || deadlineAt - now() > RESPAWN_MS,
    expectedMs: (waiting, tokens) => {
      const slots = ready()
      const before = [...waiting.map(serviceTime.expectedMs), ...slots.map(remainingMs)]
      const sum = before.reduce((total, ms) => total + ms, 0)
      return sum / Math.max(1, slots.length) + serviceTime.expectedMs(tokens)
    },
    // An idle process accepts any prompt: its time is then measured, which corrects an overestimate.
    isInTime: (slot, job) =>
      slot.inFlight === 0 ||
      now() + remainingMs(slot) + serviceTime.expectedMs(job.tokens) <= job.deadlineAt,
  }
}
