// The input of a past classification: the stored embedding, and the word head's logits from the text or, where it is not stored, as
// recorded.
import type { WordLogits } from '../core/classifier/classifier.ts'
import type { StoredDecision } from '../core/records/stored-decision.ts'
import type { OpenGeneration, Problem } from './kept-generations.ts'

/** Embeds a text again. @returns the row and the encoder's id */
export type EmbedAnew = (text: string) => Promise<{ row: Float32Array; encoderId: string }>

export interface KeptTurn {
  text: string
  /** Null where the word head alone decided. */
  embedding: Float32Array | null
  wordLogits: WordLogits
  isEmbeddedAnew: boolean
}

/** Whether the turn itself was classified, if only by the word head. */
export const wasClassified = ({ routingText, requestedModel, indexGeneration }: StoredDecision) =>
  requestedModel === 'auto' && routingText.hasSignal && indexGeneration !== null

const readWords = (
  { routingText, wordLogits }: StoredDecision,
  { classifier, generation }: OpenGeneration,
): { logits: WordLogits } | Problem => {
  if (generation.classifier.arrays.wordHashes === undefined) return { logits: null }
  if (routingText.text !== '') return { logits: classifier.readWords(routingText.text) }
  if (wordLogits) return { logits: wordLogits }
  return {
    problem:
      'What the words said is not known: neither the text nor the words’ own part is kept of this decision.',
  }
}

const readEmbedding = async (
  { embedding, encoderId, routingText: { text } }: StoredDecision,
  { generation }: OpenGeneration,
  embedAnew: EmbedAnew | null,
): Promise<{ row: Float32Array; isEmbeddedAnew: boolean } | Problem> => {
  const wanted = generation.manifest.encoderId
  if (embedding) {
    if (encoderId === wanted) return { row: embedding, isEmbeddedAnew: false }
    return { problem: `The decision was made with encoder ${encoderId}, its generation ${wanted}.` }
  }
  if (text === '') return { problem: 'Neither the embedding nor the text is kept.' }
  if (!embedAnew) {
    return {
      problem:
        'The embedding is not kept, but the text is: `signalbox explain --embed` makes it anew.',
    }
  }
  const made = await embedAnew(text)
  if (made.encoderId === wanted) return { row: made.row, isEmbeddedAnew: true }
  return { problem: `This encoder is ${made.encoderId}, that of the generation was ${wanted}.` }
}

/** Null where the turn was not classified. */
export const readKeptTurn = async (
  decision: StoredDecision,
  opened: OpenGeneration | null,
  embedAnew: EmbedAnew | null,
): Promise<KeptTurn | Problem | null> => {
  if (!opened || !wasClassified(decision)) return null
  const words = readWords(decision, opened)
  const { text } = decision.routingText
  if (decision.degradedBy !== null) {
    if ('problem' in words) return words
    return { text, embedding: null, wordLogits: words.logits, isEmbeddedAnew: false }
  }
  const embedded = await readEmbedding(decision, opened, embedAnew)
  if ('problem' in embedded) return embedded
  if ('problem' in words) return words
  const { row, isEmbeddedAnew } = embedded
  return { text, embedding: row, wordLogits: words.logits, isEmbeddedAnew }
}
