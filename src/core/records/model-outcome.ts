// Outcomes of models: on served requests, and on imported prompts with measured scores of several models.
import type { Selection } from '../select/selection.ts'
import type { AnswerFlaw, Outcome } from '../types.ts'

/** One served request with the votes on its answer. */
export interface ServedOutcome {
  /** Id of the decision. */
  id: string
  createdAtMs: number
  route: string
  /** The model that served, or that was tried last. */
  model: string
  outcome: Outcome
  /** Error code of the last attempt; null where it served. */
  errorCode: string | null
  flaw: AnswerFlaw | null
  costUsd: number | null
  firstTokenMs: number | null
  totalMs: number | null
  promptTokens: number | null
  completionTokens: number | null
  /**
   * Weighted mean of the votes, 0 to 1; null without votes. Votes that name another route are about the route and do not count.
   */
  score: number | null
  /** Sum of the votes' weights: 1 for an explicit vote, 3 for a reviewer's, 0.2 for an implicit one. */
  weight: number
  /** True where the caller sent the same prompt again. */
  isRegenerated: boolean
  /** Null where text is not stored. */
  text: string | null
  selection: Selection | null
}

/** One served request as a training example of the outcome model. */
export interface ServedExample
  extends Pick<
    ServedOutcome,
    'id' | 'route' | 'model' | 'flaw' | 'costUsd' | 'score' | 'weight' | 'text' | 'selection'
  > {
  embedding: Float32Array | null
  encoderId: string | null
}

/** One imported prompt with scores of models. */
export interface EvaluatedPrompt {
  /** Derived from the prompt, so that an import can be repeated. */
  id: string
  /** A route's name, or any other label of the kind of prompt. */
  label: string
  /** Null where text is not stored. */
  text: string | null
  /** Row of `outcomeRows`: the encoder's row, followed by the counts of the text. */
  embedding: Float32Array
  encoderId: string
  /** By model, 0 to 1. */
  scores: Record<string, number>
  /** By model, USD; empty where none is known. */
  costs: Record<string, number>
  /** Principal that imported it. */
  principal: string
  createdAtMs: number
}

/** Aggregated outcomes of one model on one route. */
export interface OutcomeTotals {
  route: string
  model: string
  requests: number
  served: number
  truncated: number
  refused: number
  regenerated: number
  /** Number of requests with a score, and its mean; null where there are none. */
  scored: number
  score: number | null
  /** Number of requests with a known cost, and its sum. */
  priced: number
  costUsd: number
  /** Means; null where none are known. */
  firstTokenMs: number | null
  totalMs: number | null
}
