// Spreads work over turns of the event loop, so that a burst of prompts does not block it as a whole.
import { createDeferredTurns } from './deferred-turns.ts'

/** Resolves in a turn of the event loop that no other caller gets, in the order of the calls; while the loop is late, with others. */
export type TakeTurn = () => Promise<void>

/** A place in the order of the turns. */
export interface Place {
  readonly turn: Promise<void>
  /** Lets those that are not deferred go first, and keeps the pace of the deferred. */
  defer(): void
}

export interface Turns {
  take: TakeTurn
  wait(): Place
}

/** While others wait, too, one turn of so many goes to a deferred step that is due. */
const DEFERRED_EVERY = 4

/**
 * A turn that comes later than this found the loop full of what had arrived, and one step a turn would never catch up: then steps are
 * taken for half as long as the turn was late.
 */
const LATE_MS = 10

const takeFirst = (waiting: Set<() => void>): (() => void) | undefined => {
  const [first] = waiting
  if (first) waiting.delete(first)
  return first
}

/** @param now monotonic milliseconds */
export const createTurns = (now: () => number = () => performance.now()): Turns => {
  const waiting = new Set<() => void>()
  let taken = 0
  let isScheduled = false
  const schedule = (): void => {
    if (isScheduled || (waiting.size === 0 && !deferred.isDue())) return
    isScheduled = true
    const from = now()
    setImmediate(() => void giveTurns(now() - from))
  }
  const deferred = createDeferredTurns({ now, onDue: schedule })
  const takeNext = (): (() => void) | undefined => {
    taken += 1
    const isTheirs = waiting.size === 0 || taken % DEFERRED_EVERY === 0
    return isTheirs && deferred.isDue() ? deferred.take() : takeFirst(waiting)
  }
  const giveTurns = async (lateMs: number): Promise<void> => {
    const endsAt = now() + (lateMs > LATE_MS ? lateMs / 2 : 0)
    for (let step = takeNext(); step; step = now() < endsAt ? takeNext() : undefined) {
      step()
      await Promise.resolve() // the step works now
    }
    isScheduled = false
    schedule()
  }
  const wait = (): Place => {
    let resolve = () => {}
    const turn = new Promise<void>((settle) => {
      resolve = settle
    })
    waiting.add(resolve)
    schedule()
    return { turn, defer: () => void (waiting.delete(resolve) && deferred.add(resolve)) }
  }
  return { take: () => wait().turn, wait }
}

/** The turns of this thread's event loop, shared by all heavy steps: one step between two polls of the sockets. */
export const turns: Turns = createTurns()

export const takeTurn: TakeTurn = turns.take
