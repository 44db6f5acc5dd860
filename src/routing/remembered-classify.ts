// Classify, with the results of the last texts kept for as long as their generation takes part. The same text under the
// same generation has one result, and it comes again more often than it seems: agents and chats send their earlier turns
// with every request, and those are classified beside the new one (measured: 4 ms of processor time each).
import { LRUCache } from 'lru-cache'
import type { Generation } from '../vector-index/generation.ts'
import type { Classified, Classify } from './classify.ts'

export interface RememberedClassifyOptions {
  classify: Classify
  generation: () => Generation | null
  /** Results kept of each generation; 0 keeps none. */
  size: number
}

/** Results are shared between callers, who only read them. Degraded ones are not kept. */
export const createRememberedClassify = (options: RememberedClassifyOptions): Classify => {
  const { classify, generation, size } = options
  if (size === 0) return classify
  // By generation, weakly: the results of one that no longer takes part go with it, and do not keep it in memory.
  const byGeneration = new WeakMap<Generation, LRUCache<string, Classified>>()
  const resultsOf = (of: Generation): LRUCache<string, Classified> => {
    const results = byGeneration.get(of) ?? new LRUCache<string, Classified>({ max: size })
    byGeneration.set(of, results)
    return results
  }
  return async (text, stopwatch, signal, asked) => {
    const wanted = asked ?? generation()
    const known = wanted && byGeneration.get(wanted)?.get(text.text)
    if (known) {
      stopwatch.lap('embedMs')
      return known
    }
    const found = await classify(text, stopwatch, signal, asked)
    if (found.classification && found.generation && found.degradedBy === null) {
      resultsOf(found.generation).set(text.text, found)
    }
    return found
  }
}
