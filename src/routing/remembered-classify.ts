// Caches classifications of recent texts per generation. Equal texts are frequent: agents and chats send their earlier turns with
// every request, and these are classified beside the new one (measured: 4 ms of CPU time each).
import { LRUCache } from 'lru-cache'
import type { Generation } from '../vector-index/generation.ts'
import type { Classified, Classify } from './classify.ts'

export interface RememberedClassifyOptions {
  classify: Classify
  generation: () => Generation | null
  /** Cached results per generation; 0: off. */
  size: number
}

/** Results are shared between callers, who must not change them. Degraded results are not cached. */
export const createRememberedClassify = (options: RememberedClassifyOptions): Classify => {
  const { classify, generation, size } = options
  if (size === 0) return classify
  // Weak by generation: the cache does not keep an unloaded generation in memory.
  const byGeneration = new WeakMap<Generation, LRUCache<string, Classified>>()
  const resultsOf = (of: Generation): LRUCache<string, Classified> => {
    const results = byGeneration.get(of) ?? new LRUCache<string, Classified>({ max: size })
    byGeneration.set(of, results)
    return results
  }
  return async (text, stopwatch, signal, options) => {
    const wanted = options?.asked ?? generation()
    const known = wanted && byGeneration.get(wanted)?.get(text.text)
    if (known) {
      stopwatch.lap('embedMs')
      return known
    }
    const found = await classify(text, stopwatch, signal, options)
    if (found.classification && found.generation && found.degradedBy === null) {
      resultsOf(found.generation).set(text.text, found)
    }
    return found
  }
}
