// Feedback on a decision: one vote, and the vote with what a rebuild needs of its decision.
import type { Arm, Neighbour } from '../types.ts'

export type Verdict = 'good' | 'bad'

/**
 * Where a vote came from: said by a caller, ruled by a reviewer, imported with a labelled log, or read off what the
 * caller did next.
 */
export type FeedbackSource = 'explicit' | 'review' | 'import' | 'implicit'

/** What an implicit vote was read off: nearly the same prompt again, the very same one, or "no, I meant …". */
export type ImplicitKind = 're_ask' | 'regenerate' | 'correction'

export interface Feedback {
  /** uuid v7. */
  id: string
  decisionId: string
  /**
   * Who voted: one effective vote per decision and principal, the latest wins; but an implicit vote never replaces
   * another kind.
   */
  principal: string
  verdict: Verdict
  correctRoute: string | null
  /** 0 to 1, null where the caller gave none. */
  score: number | null
  comment: string | null
  source: FeedbackSource
  /** Null unless `source` is `implicit`. */
  implicitKind: ImplicitKind | null
  createdAtMs: number
}

/** Feedback with what a rebuild needs of its decision. */
export interface FeedbackWithDecision extends Feedback {
  /** Null where text is not stored. */
  text: string | null
  embedding: Float32Array | null
  encoderId: string | null
  route: string
  /** Of the decision; a `session` one was about an earlier turn. */
  reason: string
  confidence: number | null
  /** Exemplars that were asked, best first: those of the decision's route voted for it. */
  neighbours: Neighbour[]
  /** Generation and arm that decided. */
  indexGeneration: number | null
  arm: Arm | null
  decidedAtMs: number
}
