// Embed → search → score for one routing text. Fails open: errors lead to a `degraded` decision and are not thrown.

import type { WordLogits } from '../core/classifier/classifier.ts'
import { createClassifier } from '../core/classifier/score.ts'
import type { Classification, Neighbour, RoutingText } from '../core/types.ts'
import type { Encoder } from '../encoder/encoder.ts'
import { RouterError, toRouterError } from '../errors.ts'
import type { EndSignal } from '../jobs/end-signal.ts'
import { type Place, turns } from '../jobs/loop-turn.ts'
import type { Generation } from '../vector-index/generation.ts'
import type { Stopwatch } from './stopwatch.ts'

export interface Classified {
  /** Where `degradedBy` is set: by the word head alone. */
  classification: Classification | null
  embedding: Float32Array | null
  /** Output of the word head; null or absent where it was not run. */
  wordLogits?: WordLogits
  generation: Generation | null
  /** Code of the error, else null. */
  degradedBy: string | null
}

export interface ClassifyDeps {
  encoder: Pick<Encoder, 'embed'>
  /** The serving generation; null while none is loaded. */
  generation: () => Generation | null
  /** k: neighbours fetched per decision. */
  neighbours: number
}

export type Classify = (
  text: RoutingText,
  stopwatch: Stopwatch,
  signal?: EndSignal,
  /** The generation to classify with; absent or null: the serving one. */
  asked?: Generation | null,
) => Promise<Classified>

const nothing = (degradedBy: string | null): Classified => ({
  classification: null,
  embedding: null,
  generation: null,
  degradedBy,
})

/** What is computed before the encoder answers. */
interface WordsRead {
  generation: Generation
  wordLogits: WordLogits
}

interface Found {
  neighbours: Neighbour[]
  /** Whole row of each neighbour. */
  neighbourRows: Float32Array[]
}

/**
 * The exemplars nearest to an embedding, best first, with their rows.
 * @throws RouterError `index_invalid`, `invalid_vector`
 */
export const searchNeighbours = (
  generation: Generation,
  embedding: Float32Array,
  k: number,
): Found => {
  const { index, exemplars, vectors, manifest } = generation
  const { dimensions } = manifest
  const found = index.search(embedding, k)
  const neighbours = found.map(({ position, similarity }) => {
    const exemplar = exemplars[position]
    if (!exemplar) throw new RouterError('index_invalid', 'A neighbour has no exemplar.')
    return { exemplarId: exemplar.id, route: exemplar.route, similarity }
  })
  const neighbourRows = found.map(({ position }) =>
    vectors.subarray(position * dimensions, (position + 1) * dimensions),
  )
  return { neighbours, neighbourRows }
}

/** One classifier per generation, created at its first use. */
const createClassifiers = () => {
  const made = new WeakMap<Generation, ReturnType<typeof createClassifier>>()
  return (generation: Generation) => {
    const known = made.get(generation) ?? createClassifier(generation.classifier)
    made.set(generation, known)
    return known
  }
}

/** A refused prompt has only its words to be read: those that the encoder takes go first. */
const deferRefused =
  ({ defer }: Place) =>
  (error: unknown): void => {
    if (toRouterError(error).code === 'encoder_overloaded') defer()
  }

/** @throws only the signal's reason, where the client has disconnected */
export const createClassify = (deps: ClassifyDeps): Classify => {
  const classifierOf = createClassifiers()
  /** The result without the encoder: by the word head, where it is confident enough. */
  const byWords = ({ generation, wordLogits }: WordsRead): Partial<Classified> | null => {
    const classification = classifierOf(generation).classifyWords(wordLogits)
    return classification && { classification, wordLogits, generation }
  }
  return async (text, stopwatch, signal, asked) => {
    if (!text.hasSignal) return nothing(null)
    let embedding: Float32Array | null = null
    let read: WordsRead | null = null
    try {
      const pending = deps.encoder.embed(text.text, signal ? { signal } : {})
      const place = turns.wait()
      pending.catch(deferRefused(place)) // awaited below; prevents an unhandled rejection if the lines between throw
      // The same generation for the whole decision, even where another is swapped in while the prompt is embedded.
      const generation = asked ?? deps.generation()
      await place.turn
      const wordLogits = generation ? classifierOf(generation).readWords(text.text) : undefined
      read = generation && { generation, wordLogits: wordLogits ?? null }
      embedding = await pending
      stopwatch.lap('embedMs')
      if (!generation || wordLogits === undefined) {
        throw new RouterError('index_unavailable', 'No index is loaded.')
      }
      const found = searchNeighbours(generation, embedding, deps.neighbours)
      stopwatch.lap('searchMs')
      const input = { text: text.text, embedding, ...found, wordLogits }
      const classification = classifierOf(generation).classify(input)
      stopwatch.lap('scoreMs')
      return { classification, embedding, wordLogits, generation, degradedBy: null }
    } catch (error) {
      signal?.throwIfAborted()
      const degradedBy = toRouterError(error).code
      return { ...nothing(degradedBy), embedding, ...(read && byWords(read)) }
    }
  }
}
