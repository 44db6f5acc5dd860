// Computations under way, so that concurrent equal texts share one. A computation is aborted when the last call that waits
// for it leaves.
import type { EndSignal } from '../jobs/end-signal.ts'
import type { EmbedOptions } from './encoder.ts'

interface Computation {
  vector: Promise<Float32Array>
  controller: AbortController
  waiting: number
}

export interface SharedComputations {
  has(key: string): boolean
  /** The vector of the computation of `key`, begun with `embed` where none is under way. */
  join(
    key: string,
    embed: (signal: AbortSignal) => Promise<Float32Array>,
    signal: EmbedOptions['signal'],
  ): Promise<Float32Array>
}

/** The promise's value, or the signal's reason if that comes first. */
const orAborted = async <T>(promise: Promise<T>, signal: EndSignal | undefined): Promise<T> => {
  if (!signal) return promise
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    stop = () => signal.removeEventListener('abort', abort)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    stop()
  }
}

export const createSharedComputations = (): SharedComputations => {
  const running = new Map<string, Computation>()

  const forget = (key: string, computation: Computation): boolean =>
    running.get(key) === computation && running.delete(key)
  const begin = (key: string, embed: (signal: AbortSignal) => Promise<Float32Array>) => {
    const controller = new AbortController()
    const vector = embed(controller.signal)
    const computation: Computation = { vector, controller, waiting: 0 }
    running.set(key, computation)
    const done = () => void forget(key, computation)
    vector.then(done, done) // the callers that wait for it see the error
    return computation
  }
  return {
    has: (key) => running.has(key),
    join: async (key, embed, signal) => {
      const computation = running.get(key) ?? begin(key, embed)
      computation.waiting += 1
      try {
        return await orAborted(computation.vector, signal)
      } finally {
        computation.waiting -= 1
        if (computation.waiting === 0 && forget(key, computation)) computation.controller.abort()
      }
    },
  }
}
