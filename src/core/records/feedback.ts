// Feedback on a decision: one vote, and the vote with the fields of its decision that a rebuild needs.
import type { Arm, Neighbour } from '../types.ts'

export type Verdict = 'good' | 'bad'

/**
 * Origin of a vote: given by a caller, by a reviewer's ruling, imported with a labelled log, or inferred from what the caller did
 * next.
 */
export type FeedbackSource = 'explicit' | 'review' | 'import' | 'implicit'

/** What an implicit vote was inferred from: a similar prompt again, the identical prompt again, or "no, I meant …". */
export type ImplicitKind = 're_ask' | 'regenerate' | 'correction'

export interface Feedback {
  /** uuid v7. */
  id: string
  decisionId: string
  /**
   * Id of the voter. One effective vote per decision and principal: the latest wins, but an implicit vote never replaces one of
   * another source.
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

/** A vote, and which exemplars its decision was made by. */
export interface VoteOnNeighbours
  extends Pick<Feedback, 'principal' | 'verdict' | 'correctRoute' | 'source'> {
  /** Route and reason of the decision. */
  route: string
  reason: string
  /** Best first. */
  neighbours: Neighbour[]
}

/** Feedback with the fields of its decision that a rebuild needs. */
export interface FeedbackWithDecision extends Feedback {
  /** Null where text is not stored. */
  text: string | null
  embedding: Float32Array | null
  encoderId: string | null
  route: string
  /** Reason of the decision; for `session` the route was determined by an earlier turn. */
  reason: string
  confidence: number | null
  /** The decision's nearest exemplars, best first. */
  neighbours: Neighbour[]
  /** Generation and arm that decided. */
  indexGeneration: number | null
  arm: Arm | null
  decidedAtMs: number
}
