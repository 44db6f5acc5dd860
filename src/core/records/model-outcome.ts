// What models have been worth: of a request that was served, and of a prompt on which somebody measured several models.
import type { Selection } from '../select/selection.ts'
import type { AnswerFlaw, Outcome } from '../types.ts'

/** One served request, with what was said of its answer. */
export interface ServedOutcome {
  /** Of the decision. */
  id: string
  createdAtMs: number
  route: string
  /** That served, or was tried last. */
  model: string
  outcome: Outcome
  /** Of the last call; null where it served. */
  errorCode: string | null
  flaw: AnswerFlaw | null
  costUsd: number | null
  firstTokenMs: number | null
  totalMs: number | null
  promptTokens: number | null
  completionTokens: number | null
  /**
   * Weighted mean of the votes, 0 to 1; null where nobody voted. Votes that name another route are about the route and do
   * not count.
   */
  score: number | null
  /** Of the votes together: an explicit one is 1, a reviewer's 3, an implicit one 0.2. */
  weight: number
  /** True where the caller asked for the same again. */
  isRegenerated: boolean
  /** Null where text is not stored. */
  text: string | null
  selection: Selection | null
}

/** One served request to learn from. */
export interface ServedExample
  extends Pick<
    ServedOutcome,
    'id' | 'route' | 'model' | 'flaw' | 'costUsd' | 'score' | 'weight' | 'text' | 'selection'
  > {
  embedding: Float32Array | null
  encoderId: string | null
}

/** One prompt on which models were measured. */
export interface EvaluatedPrompt {
  /** The same for the same prompt, so that an import can be repeated. */
  id: string
  /** What kind of prompt it is; a route's name, or any other word. */
  label: string
  /** Null where text is not stored. */
  text: string | null
  /** Whole row of the encoder, and what can be counted in the text behind it: `outcomeRows`. */
  embedding: Float32Array
  encoderId: string
  /** By model, 0 to 1. */
  scores: Record<string, number>
  /** By model, USD; empty where none is known. */
  costs: Record<string, number>
  /** Who imported it. */
  principal: string
  createdAtMs: number
}

/** Outcomes of one model on one route. */
export interface OutcomeTotals {
  route: string
  model: string
  requests: number
  served: number
  truncated: number
  refused: number
  regenerated: number
  /** Requests with a vote that counts, and the mean of their scores; null where there is none. */
  scored: number
  score: number | null
  /** Requests whose cost is known, and what they cost together. */
  priced: number
  costUsd: number
  /** Means; null where nothing is known. */
  firstTokenMs: number | null
  totalMs: number | null
}
