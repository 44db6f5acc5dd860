// Spreads work over turns of the event loop, so that a burst of prompts does not block it in one piece.
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Resolves in a turn of the event loop that no other caller shares, in the order of the calls. */
export type TakeTurn = () => Promise<void>

export const createTurns = (): TakeTurn => {
  let last: Promise<void> = Promise.resolve()
  return () => {
    last = last.then(() => nextTurn())
    return last
  }
}

/** The turns of this thread's loop, shared by all that do heavy steps in it: one such step between two looks at the sockets. */
export const takeTurn: TakeTurn = createTurns()
