// Remembers vectors of texts that were embedded before, and lets concurrent equal texts share one computation.
// Callers get the vector that is kept, which they must not change: what is remembered of a prompt keeps no second one.
import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { EndSignal } from '../jobs/end-signal.ts'
import type { EmbedOptions, Encoder } from './encoder.ts'
import { createSharedComputations } from './shared-computations.ts'

export interface CachedEncoderOptions<E extends Encoder> {
  encoder: E
  /** Most cached vectors; 0 caches none, but still shares computations. */
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

/**
 * A caching wrapper of `encoder`. Keys are encoder id and sha256 of the text, so that it holds no prompts. Calls share a computation
 * only with equal deadlines; it is aborted when the last of them is aborted.
 */
export const createCachedEncoder = <E extends Encoder>(
  options: CachedEncoderOptions<E>,
): CachedEncoder => {
  const { encoder, size } = options
  const vectors = size > 0 ? new LRUCache<string, Float32Array>({ max: size }) : undefined
  const computations = createSharedComputations()
  const counters = { hits: 0, misses: 0, shared: 0 }

  const compute = async (text: string, key: string, given: EmbedOptions): Promise<Float32Array> => {
    const vector = await encoder.embed(text, given)
    vectors?.set(key, vector)
    return vector
  }
  return {
    id: encoder.id,
    dimensions: encoder.dimensions,
    searchDimensions: encoder.searchDimensions,
    embed: async (text, { signal, deadlineMs } = {}) => {
      signal?.throwIfAborted()
      const key = hash('sha256', `${encoder.id}\0${text}`, 'base64')
      const known = vectors?.get(key)
      if (known) {
        counters.hits += 1
        return known
      }
      const place = `${key}:${deadlineMs ?? 'default'}`
      counters[computations.has(place) ? 'shared' : 'misses'] += 1
      const deadline = deadlineMs === undefined ? {} : { deadlineMs }
      const embed = (ending: EndSignal) => compute(text, key, { ...deadline, signal: ending })
      return computations.join(place, embed, signal)
    },
    isPressed: () => encoder.isPressed?.() ?? false,
    cacheStats: () => ({ ...counters, entries: vectors?.size ?? 0 }),
    close: () => encoder.close(),
  }
}
