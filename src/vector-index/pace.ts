// Runs long work in the serving process in slices, so that loading a generation never delays a prompt.
import { setImmediate } from 'node:timers/promises'

export interface Pacer {
  /** True where the slice is used up: `if (pacer.isDue()) await pacer.rest()`. */
  isDue(): boolean
  /** Yields to the event loop once, and starts a new slice. */
  rest(): Promise<void>
}

/** Slices of `sliceMs` of wall time; 5 ms keeps the longest gap well below the 20 ms that a prompt would notice. */
export const createPacer = (sliceMs = 5): Pacer => {
  let startedAt = performance.now()
  return {
    isDue: () => performance.now() - startedAt >= sliceMs,
    rest: async () => {
      await setImmediate()
      startedAt = performance.now()
    },
  }
}
