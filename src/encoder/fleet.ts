// The encoder processes with their unanswered prompts, and estimates of when each would answer another. Used by dispatcher.ts.
import type { Headroom } from './headroom.ts'
import type { Job } from './jobs.ts'
import type { ServiceTime } from './service-time.ts'
import type { Slot } from './slot.ts'
import { createSlotLoad, type SlotLoad } from './slot-load.ts'

/** Jobs sent to a process at a time at least: the next is in the pipe while one is computed. */
const LEAST_AHEAD = 2
/** More are sent while their expected time is below this, so that a process never idles because the main thread is late. */
const AHEAD_MS = 40
const MOST_AHEAD = 16
/** Start time of a process (1.2 s measured) with a margin: calls with less time left do not wait for it. */
const RESPAWN_MS = 2_000

export interface FleetOptions {
  serviceTime: ServiceTime
  headroom: Headroom
  now: () => number
}

export interface Fleet {
  add(slot: Slot): void
  send(slot: Slot, job: Job): void
  /** The process answered the job. */
  answered(slot: Slot, job: number): void
  /** The process ended. */
  clear(slot: Slot): void
  /** Of the ready processes that accept another job, the one that will be done first. */
  leastBusy(): Slot | undefined
  hasIdle(): boolean
  /** Whether a process is ready, or would be before the deadline. */
  canServe(deadlineAt: number): boolean
  /** Expected milliseconds until a process starts a prompt after those of `waiting` tokens. */
  expectedMs(waiting: readonly number[]): number
  isInTime(slot: Slot, job: Job): boolean
}

const leastBusy = (ready: Slot[], remainingMs: (slot: Slot) => number): Slot | undefined =>
  ready
    .map((slot) => ({ slot, inFlight: slot.inFlight, leftMs: remainingMs(slot) }))
    .filter(
      ({ inFlight, leftMs }) =>
        inFlight < LEAST_AHEAD || (inFlight < MOST_AHEAD && leftMs > 0 && leftMs < AHEAD_MS),
    )
    .sort((a, b) => a.leftMs - b.leftMs || a.inFlight - b.inFlight)[0]?.slot

export const createFleet = ({ serviceTime, headroom, now }: FleetOptions): Fleet => {
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
    leastBusy: () => leastBusy(ready(), remainingMs),
    hasIdle: () => ready().some(({ inFlight }) => inFlight === 0),
    canServe: (deadlineAt) => ready().length > 0 || deadlineAt - now() > RESPAWN_MS,
    expectedMs: (waiting) => {
      const slots = ready()
      const before = [...waiting.map(serviceTime.expectedMs), ...slots.map(remainingMs)]
      const sum = before.reduce((total, ms) => total + ms, 0)
      return sum / Math.max(1, slots.length)
    },
    // An idle process accepts any prompt: its time is then measured, which corrects an overestimate.
    isInTime: (slot, job) =>
      slot.inFlight === 0 ||
      now() + remainingMs(slot) + serviceTime.expectedMs(job.tokens) <=
        job.deadlineAt - (1 - headroom.atStart()) * job.deadlineMs,
  }
}
