// Classify, with the results of the last texts kept while their generation serves. The same text under the same
// generation has one result, and it comes again more often than it seems: agents and chats send their earlier turns with
// every request, and those are classified beside the new one (measured: 4 ms of processor time each).
import { LRUCache } from 'lru-cache'
import type { Classified, Classify } from './classify.ts'
import type { Generation } from './vector-index/generation.ts'

export interface RememberedClassifyOptions {
  classify: Classify
  generation: () => Generation | null
  /** Results kept; 0 keeps none. */
  size: number
}

/** Results are shared between callers, who only read them. Degraded ones are not kept. */
export const createRememberedClassify = (options: RememberedClassifyOptions): Classify => {
  const { classify, generation, size } = options
  if (size === 0) return classify
  const results = new LRUCache<string, Classified>({ max: size })
  return async (text, stopwatch, signal) => {
    const known = results.get(text.text)
    if (known && known.generation === generation()) {
      stopwatch.lap('embedMs')
      return known
    }
    const found = await classify(text, stopwatch, signal)
    if (found.classification && found.degradedBy === null) results.set(text.text, found)
    return found
  }
}
