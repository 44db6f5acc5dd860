// Embed → search → score for one routing text. Fails open: errors lead to a `degraded` decision and are not thrown.

import type { WordLogits } from '../core/classifier/classifier.ts'
import { createClassifier } from '../core/classifier/score.ts'
import { WORDS_FIRST } from '../core/decide/decide-turn.ts'
import type { Classification, Neighbour, RoutingText } from '../core/types.ts'
import type { Encoder } from '../encoder/encoder.ts'
import { RouterError, toRouterError } from '../errors.ts'
import { createEndController, type EndSignal } from '../jobs/end-signal.ts'
import { type Place, turns } from '../jobs/loop-turn.ts'
import type { Generation } from '../vector-index/generation.ts'
import type { Stopwatch } from './stopwatch.ts'

export interface Classified {
  /** Where `degradedBy` is set: by the word head alone, if at all. */
  classification: Classification | null
  embedding: Float32Array | null
  /** Output of the word head; null or absent where it was not run. */
  wordLogits?: WordLogits
  generation: Generation | null
  /** Code of the error, or WORDS_FIRST; else null. */
  degradedBy: string | null
}

export interface ClassifyDeps {
  encoder: Pick<Encoder, 'embed' | 'isPressed'>
  /** The serving generation; null while none is loaded. */
  generation: () => Generation | null
  /** k: neighbours fetched per decision. */
  neighbours: number
  /** Whether the words go first while the encoder is busy; default: no. */
  isWordsFirst?: boolean
}

export type Classify = (
  text: RoutingText,
  stopwatch: Stopwatch,
  signal?: EndSignal,
  options?: ClassifyOptions,
) => Promise<Classified>

export interface ClassifyOptions {
  /** The generation to classify with; absent or null: the serving one. */
  asked?: Generation | null
  /** Whether the words may decide in this way while the encoder is busy; absent: never. */
  mayUseWords?: MayUseWords
}

export type MayUseWords = (byWords: Classification, generation: Generation) => boolean

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

const WORDS_DECIDED = new Error('The words decided before the encoder was needed.')

/** A place in the encoder's queue that is left with the signal, or when the words have decided. */
const leavable = (signal: EndSignal | undefined) => {
  const { signal: leaving, abort } = createEndController()
  const follow = (): void => abort(signal?.reason)
  if (signal?.aborted) follow()
  else signal?.addEventListener('abort', follow, { once: true })
  return { signal: leaving, leave: () => abort(WORDS_DECIDED) }
}

/** A prompt given to the encoder, with its turn of the event loop. */
const beginEmbedding = (
  { embed }: Pick<Encoder, 'embed'>,
  text: string,
  signal: EndSignal | undefined,
) => {
  const state = { isDone: false }
  const row = embed(text, signal ? { signal } : {})
  const place = turns.wait()
  const done = (): void => {
    state.isDone = true
  }
  row.then(done, deferRefused(place)) // prevents an unhandled rejection where nobody awaits it
  return { row, turn: place.turn, isDone: () => state.isDone }
}

/** Decisions by the word head: instead of the encoder, or before it. */
const createByWords = (classifierOf: ReturnType<typeof createClassifiers>) => ({
  /** Where it is confident enough to decide at all. */
  instead: ({ generation, wordLogits }: WordsRead): Partial<Classified> | null => {
    const classification = classifierOf(generation).classifyWords(wordLogits)
    return classification && { classification, wordLogits, generation }
  },
  /** Where it is confident enough to decide as all parts together do. */
  first: (
    { generation, wordLogits }: WordsRead,
    mayUseWords: MayUseWords,
  ): Partial<Classified> | null => {
    const classification = classifierOf(generation).classifyWordsFirst(wordLogits)
    const isTaken = classification && mayUseWords(classification, generation)
    return isTaken ? { classification, wordLogits, generation } : null
  },
})

/** @throws only the signal's reason, where the client has disconnected */
export const createClassify = (deps: ClassifyDeps): Classify => {
  const { encoder, isWordsFirst = false } = deps
  const classifierOf = createClassifiers()
  const byWords = createByWords(classifierOf)
  return async (text, stopwatch, signal, { asked, mayUseWords } = {}) => {
    if (!text.hasSignal) return nothing(null)
    let embedding: Float32Array | null = null
    let read: WordsRead | null = null
    try {
      const mayGoFirst = isWordsFirst && encoder.isPressed?.() ? mayUseWords : undefined
      const leaving = mayGoFirst && leavable(signal)
      const embedded = beginEmbedding(encoder, text.text, leaving?.signal ?? signal)
      // The same generation for the whole decision, even where another is swapped in while the prompt is embedded.
      const generation = asked ?? deps.generation()
      await embedded.turn
      const wordLogits = generation ? classifierOf(generation).readWords(text.text) : undefined
      read = generation && { generation, wordLogits: wordLogits ?? null }
      const first = mayGoFirst && read && !embedded.isDone() && byWords.first(read, mayGoFirst)
      if (leaving && first) {
        leaving.leave()
        return { ...nothing(WORDS_FIRST), ...first }
      }
      embedding = await embedded.row
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
      return { ...nothing(degradedBy), embedding, ...(read && byWords.instead(read)) }
    }
  }
}
