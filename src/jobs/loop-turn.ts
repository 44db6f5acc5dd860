// Spreads work over turns of the event loop, so that a burst of prompts does not block it as a whole.
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Resolves in a turn of the event loop that no other caller gets, in the order of the calls. */
export type TakeTurn = () => Promise<void>

export const createTurns = (): TakeTurn => {
  let last: Promise<void> = Promise.resolve()
  return () => {
    last = last.then(() => nextTurn())
    return last
  }
}

/** The turns of this thread's event loop, shared by all heavy steps: one step between two polls of the sockets. */
export const takeTurn: TakeTurn = createTurns()
