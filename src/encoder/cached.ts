// Remembers vectors of texts that were embedded before, and lets concurrent equal texts share one computation.
// Every caller gets a copy: a vector that someone normalises in place must not change what others are given.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { EmbedOptions, Encoder } from './encoder.ts'

export interface CachedEncoderOptions<E extends Encoder> {
  encoder: E
  /** Most vectors kept; 0 keeps none but still shares computations. */
  size: number
}

export interface CacheStats {
  hits: number
  misses: number
  /** Calls that waited for another call's computation. */
  shared: number
  entries: number
}

export interface CachedEncoder extends Encoder {
  cacheStats(): CacheStats
}

interface Computation {
  vector: Promise<Float32Array>
  controller: AbortController
  waiting: number
}

/** The promise's value, or the signal's reason if that comes first. */
const orAborted = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
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

/**
 * An encoder before `encoder`, keyed by encoder id and sha256 of the text, so that it holds no prompts.
 * Calls share a computation only where they ask for the same deadline; it is aborted when the last of them leaves.
 */
export const createCachedEncoder = <E extends Encoder>(
  options: CachedEncoderOptions<E>,
): CachedEncoder => {
  const { encoder, size } = options
  const vectors = size > 0 ? new LRUCache<string, Float32Array>({ max: size }) : undefined
  const running = new Map<string, Computation>()
  const counters = { hits: 0, misses: 0, shared: 0 }

  const compute = (text: string, key: string, slot: string, deadline: EmbedOptions) => {
    const controller = new AbortController()
    const vector = encoder.embed(text, { ...deadline, signal: controller.signal })
    const computation: Computation = { vector, controller, waiting: 0 }
    running.set(slot, computation)
    const forget = () => {
      if (running.get(slot) === computation) running.delete(slot)
    }
    vector.then(
      (result) => {
        vectors?.set(key, result)
        forget()
      },
      forget, // the callers that wait for it see the error
    )
    return computation
  }

  const join = async (computation: Computation, slot: string, signal: AbortSignal | undefined) => {
    computation.waiting += 1
    try {
      return (await orAborted(computation.vector, signal)).slice()
    } finally {
      computation.waiting -= 1
      if (computation.waiting === 0 && running.get(slot) === computation) {
        running.delete(slot)
        computation.controller.abort()
      }
    }
  }

  return {
    id: encoder.id,
    dimensions: encoder.dimensions,
    searchDimensions: encoder.searchDimensions,
    embed: async (text, { signal, deadlineMs } = {}) => {
      signal?.throwIfAborted()
      const key = createHash('sha256').update(`${encoder.id}\0${text}`).digest('base64')
      const known = vectors?.get(key)
      if (known) {
        counters.hits += 1
        return known.slice()
      }
      const slot = `${key}:${deadlineMs ?? 'default'}`
      const shared = running.get(slot)
      if (shared) counters.shared += 1
      else counters.misses += 1
      const deadline = deadlineMs === undefined ? {} : { deadlineMs }
      return join(shared ?? compute(text, key, slot, deadline), slot, signal)
    },
    cacheStats: () => ({ ...counters, entries: vectors?.size ?? 0 }),
    close: () => encoder.close(),
  }
}
