// What `explain` says of a past decision: whether it comes out the same when it is made again from what was kept, what it
// was made from, and why it came out so. Plain values: a receipt crosses from a child process.

import type { Feedback } from '../core/records/feedback.ts'
import type { StoredDecision } from '../core/records/stored-decision.ts'
import type { ExemplarSource, Reason, RouteScore } from '../core/types.ts'
import type { Explanation } from './explain.ts'

/** `not_reproducible`: something that the decision was made from is gone, so nothing is said for or against it. */
export type ReceiptVerdict = 'reproduced' | 'differs' | 'not_reproducible'

/** One fact that came out otherwise; null where one side has none. */
export interface Difference {
  /** As in JSON: `route`, `scores.code`, `neighbours.3`. */
  field: string
  stored: string | number | null
  remade: string | number | null
}

/** The decision as it comes out now. */
export interface RemadeDecision {
  route: string
  model: string
  reason: Reason
  confidence: number | null
  margin: number | null
  threshold: number | null
  scores: RouteScore[]
}

/** An exemplar that was asked, as the generation that decided holds it. */
export interface AskedExemplar {
  exemplarId: string
  route: string
  /** Cosine to the prompt. */
  similarity: number
  /** Null where the generation is gone. */
  text: string | null
  source: ExemplarSource | null
  /** True where it spoke for the route that was taken. */
  isFor: boolean
}

export interface Receipt {
  verdict: ReceiptVerdict
  /** Sentences: why it cannot be made again, or what may have made it come out otherwise. */
  reasons: string[]
  /** Sentences: what was taken as recorded, because it is not kept. */
  notes: string[]
  differences: Difference[]
  decision: StoredDecision
  /** Null where it could not be made again. */
  remade: RemadeDecision | null
  /** Null where nothing was classified, or the decision could not be made again. */
  explanation: Explanation | null
  exemplars: AskedExemplar[]
  votes: Feedback[]
}
