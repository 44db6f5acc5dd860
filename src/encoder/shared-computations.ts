// Computations under way, so that concurrent equal texts share one. A computation is aborted when the last call that waits
// for it leaves.
import { createEndController, type EndController, type EndSignal } from '../jobs/end-signal.ts'
import type { EmbedOptions } from './encoder.ts'

interface Computation {
  vector: Promise<Float32Array>
  controller: EndController
  waiting: number
}

export interface SharedComputations {
  has(key: string): boolean
  /** The vector of the computation of `key`, begun with `embed` where none is under way. */
  join(
    key: string,
    embed: (signal: EndSignal) => Promise<Float32Array>,
    signal: EmbedOptions['signal'],
  ): Promise<Float32Array>
}

/** The promise's value, or the signal's reason if that comes first; `leave` is called once, at whichever comes. */
const orAborted = <T>(
  promise: Promise<T>,
  signal: EndSignal | undefined,
  leave: () => void,
): Promise<T> =>
  new Promise((resolve, reject) => {
    let hasLeft = false
    const end = (settle: () => void): void => {
      if (hasLeft) return
      hasLeft = true
      signal?.removeEventListener('abort', abort)
      leave()
      settle()
    }
    const abort = (): void => end(() => reject(signal?.reason))
    signal?.addEventListener('abort', abort, { once: true })
    promise.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    )
  })

const ALL_LEFT = new Error('Nobody waits for this vector any more.')

export const createSharedComputations = (): SharedComputations => {
  const running = new Map<string, Computation>()

  const forget = (key: string, computation: Computation): boolean =>
    running.get(key) === computation && running.delete(key)
  const begin = (key: string, embed: (signal: EndSignal) => Promise<Float32Array>) => {
    const controller = createEndController()
    const vector = embed(controller.signal)
    const computation: Computation = { vector, controller, waiting: 0 }
    running.set(key, computation)
    const done = () => void forget(key, computation)
    vector.then(done, done) // the callers that wait for it see the error
    return computation
  }
  return {
    has: (key) => running.has(key),
    join: (key, embed, signal) => {
      const computation = running.get(key) ?? begin(key, embed)
      computation.waiting += 1
      return orAborted(computation.vector, signal, () => {
        computation.waiting -= 1
        if (computation.waiting > 0 || !forget(key, computation)) return
        computation.controller.abort(ALL_LEFT)
      })
    },
  }
}
