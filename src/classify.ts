// Embed → search → score for one routing text. Fails open: what goes wrong here becomes a `degraded` decision, never an error.
import { createClassifier } from './core/score.ts'
import type { Classification, RoutingText } from './core/types.ts'
import type { Encoder } from './encoder/encoder.ts'
import { RouterError, toRouterError } from './errors.ts'
import type { Stopwatch } from './stopwatch.ts'
import type { Generation } from './vector-index/generation.ts'

export interface Classified {
  classification: Classification | null
  embedding: Float32Array | null
  generation: Generation | null
  /** Error code of what went wrong, else null. */
  degradedBy: string | null
}

export interface ClassifyDeps {
  encoder: Pick<Encoder, 'embed'>
  /** The generation that serves now; null while none is loaded. */
  generation: () => Generation | null
  /** k: neighbours fetched per decision. */
  neighbours: number
}

export type Classify = (
  text: RoutingText,
  stopwatch: Stopwatch,
  signal?: AbortSignal,
) => Promise<Classified>

const nothing = (degradedBy: string | null): Classified => ({
  classification: null,
  embedding: null,
  generation: null,
  degradedBy,
})

/** @throws only the signal's reason, where the client has left. */
export const createClassify = (deps: ClassifyDeps): Classify => {
  const classifiers = new WeakMap<Generation, ReturnType<typeof createClassifier>>()
  const classifierOf = (generation: Generation) => {
    const known = classifiers.get(generation) ?? createClassifier(generation.classifier)
    classifiers.set(generation, known)
    return known
  }
  return async (text, stopwatch, signal) => {
    if (!text.hasSignal) return nothing(null)
    let embedding: Float32Array | null = null
    try {
      embedding = await deps.encoder.embed(text.text, signal ? { signal } : {})
      stopwatch.lap('embedMs')
      const generation = deps.generation()
      if (!generation) throw new RouterError('index_unavailable', 'No index is loaded.')
      const neighbours = generation.index.search(embedding, deps.neighbours).map((hit) => {
        const exemplar = generation.exemplars[hit.position]
        if (!exemplar) throw new RouterError('index_invalid', 'A neighbour has no exemplar.')
        return { exemplarId: exemplar.id, route: exemplar.route, similarity: hit.similarity }
      })
      stopwatch.lap('searchMs')
      const classification = classifierOf(generation).classify({
        text: text.text,
        embedding,
        neighbours,
      })
      stopwatch.lap('scoreMs')
      return { classification, embedding, generation, degradedBy: null }
    } catch (error) {
      signal?.throwIfAborted()
      return { ...nothing(toRouterError(error).code), embedding }
    }
  }
}
