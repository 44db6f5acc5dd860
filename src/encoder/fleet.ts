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
  /** The process answered the jobs of one run. */
  answered(slot: Slot, jobs: readonly number[]): void
  /** The process ended. */
  clear(slot: Slot): void
  /** Of the ready processes that accept another job, the one that will be done first. */
  leastBusy(): Slot | undefined
  hasIdle(): boolean
  /** Whether a process is ready, or would be before the deadline. */
  canServe(deadlineAt: number): boolean
  /** Expected milliseconds until a process starts a prompt after waiting ones that take `waitingMs` together. */
  expectedMs(waitingMs: number): number
  isInTime(slot: Slot, job: Job): boolean
}

/** Whether a process that still needs `leftMs` for so many prompts is sent another. */
const takesMore = (inFlight: number, leftMs: number): boolean =>
  inFlight < LEAST_AHEAD || (inFlight < MOST_AHEAD && leftMs > 0 && leftMs < AHEAD_MS)

const leastBusy = (loads: ReadonlyMap<Slot, SlotLoad>): Slot | undefined => {
  let best: { slot: Slot; inFlight: number; leftMs: number } | undefined
  for (const [slot, load] of loads) {
    const { state, inFlight } = slot
    if (state !== 'ready') continue
    const leftMs = load.remainingMs()
    if (!takesMore(inFlight, leftMs)) continue
    const isBetter =
      !best || leftMs < best.leftMs || (leftMs === best.leftMs && inFlight < best.inFlight)
    if (isBetter) best = { slot, inFlight, leftMs }
  }
  return best?.slot
}

/** Asked for every prompt: as loops, since lists for each would be garbage. */
const isAnyReady = (loads: ReadonlyMap<Slot, SlotLoad>, isIdle: boolean): boolean => {
  for (const { state, inFlight } of loads.keys()) {
    if (state === 'ready' && (!isIdle || inFlight === 0)) return true
  }
  return false
}

const expectedMs = (loads: ReadonlyMap<Slot, SlotLoad>, waitingMs: number): number => {
  let [sum, ready] = [waitingMs, 0]
  for (const [{ state }, load] of loads) {
    if (state !== 'ready') continue
    sum += load.remainingMs()
    ready += 1
  }
  return sum / Math.max(1, ready)
}

export const createFleet = ({ serviceTime, headroom, now }: FleetOptions): Fleet => {
  const loads = new Map<Slot, SlotLoad>()
  const remainingMs = (slot: Slot): number => loads.get(slot)?.remainingMs() ?? 0
  return {
    add: (slot) => void loads.set(slot, createSlotLoad(serviceTime, now)),
    send: (slot, job) => {
      job.attempts += 1
      loads.get(slot)?.sent(job.id, job.tokens)
      slot.send(job.id, job.text)
    },
    answered: (slot, jobs) => loads.get(slot)?.answered(jobs),
    clear: (slot) => loads.get(slot)?.clear(),
    leastBusy: () => leastBusy(loads),
    hasIdle: () => isAnyReady(loads, true),
    canServe: (deadlineAt) => isAnyReady(loads, false) || deadlineAt - now() > RESPAWN_MS,
    expectedMs: (waitingMs) => expectedMs(loads, waitingMs),
    // An idle process accepts any prompt: its time is then measured, which corrects an overestimate.
    isInTime: (slot, job) =>
      slot.inFlight === 0 ||
      now() + remainingMs(slot) + serviceTime.expectedMs(job.tokens) <=
        job.deadlineAt - job.deadlineMs + headroom.atStart(job.deadlineMs),
  }
}
