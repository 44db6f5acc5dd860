// The receipt of a past decision: whether it is reproduced from the stored data, its inputs, and its explanation. Plain values, because
// it is sent from a child process.

import type { Feedback } from '../core/records/feedback.ts'
import type { StoredDecision } from '../core/records/stored-decision.ts'
import type { ExemplarSource, Reason, RouteScore } from '../core/types.ts'
import type { Explanation } from './explain.ts'

/** `not_reproducible`: an input of the decision is gone, so it can be neither confirmed nor refuted. */
export type ReceiptVerdict = 'reproduced' | 'differs' | 'not_reproducible'

/** A field with different values; null where one side has none. */
export interface Difference {
  /** Path as in JSON: `route`, `scores.code`, `neighbours.3`. */
  field: string
  stored: string | number | null
  remade: string | number | null
}

/** The reproduced decision. */
export interface RemadeDecision {
  route: string
  model: string
  reason: Reason
  confidence: number | null
  margin: number | null
  threshold: number | null
  scores: RouteScore[]
}

/** A neighbour of the decision, with the exemplar in the generation that decided. */
export interface AskedExemplar {
  exemplarId: string
  route: string
  /** Cosine to the prompt. */
  similarity: number
  /** Null where the generation is gone. */
  text: string | null
  source: ExemplarSource | null
  /** True where its route is the one that was taken. */
  isFor: boolean
}

export interface Receipt {
  verdict: ReceiptVerdict
  /** Sentences: why it cannot be reproduced, or what may have caused differences. */
  reasons: string[]
  /** Sentences: what was used as recorded, because its inputs are not stored. */
  notes: string[]
  differences: Difference[]
  decision: StoredDecision
  /** Null where it could not be reproduced. */
  remade: RemadeDecision | null
  /** Null where nothing was classified, or the decision could not be reproduced. */
  explanation: Explanation | null
  exemplars: AskedExemplar[]
  votes: Feedback[]
}
