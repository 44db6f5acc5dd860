// What a person is asked: was this decision right, shall this candidate count, is this a route of its own? Plain values for
// the terminal and the API.

export const REVIEW_KINDS = ['decision', 'candidate', 'new_route'] as const
export type ReviewKind = (typeof REVIEW_KINDS)[number]

export const REVIEW_ACTIONS = ['accept', 'relabel', 'reject'] as const
export type ReviewAction = (typeof REVIEW_ACTIONS)[number]

/** Why an item is there, in a sentence; text is null where it is not stored. */
interface ItemBase {
  /** `d_<decision id>`, `c_<exemplar id>` or `n_<hash>`. */
  id: string
  why: string
}

export interface DecisionItem extends ItemBase {
  kind: 'decision'
  decisionId: string
  text: string | null
  /** Route that was taken. */
  route: string
  reason: string
  /** The two best routes by the generation that serves now. */
  best: { route: string; score: number }[]
  confidence: number
  /** Past prompts that a label here speaks for, this one among them. */
  standsFor: number
  /** What it is worth to label it, against the others. */
  worth: number
  nearest: { exemplarId: string; route: string; similarity: number; text: string | null }[]
}

export interface CandidateItem extends ItemBase {
  kind: 'candidate'
  exemplarId: string
  text: string | null
  /** Route that the votes say. */
  route: string
  decisionIds: string[]
}

export interface NewRouteItem extends ItemBase {
  kind: 'new_route'
  /** Proposed. */
  name: string
  description: string
  /** Distinct prompts of the cluster. */
  prompts: number
  /** Estimate, 0 to 1. */
  purity: number
  nearestRoute: string | null
  exemplars: { decisionId: string; text: string | null }[]
}

export type ReviewItem = DecisionItem | CandidateItem | NewRouteItem

export interface ReviewList {
  items: ReviewItem[]
  /** Decisions that were looked at, and generation they were judged by. */
  decisions: number
  generation: number | null
}
