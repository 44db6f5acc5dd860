// Decisions as lists for people show them: what is asked for, and a row of the answer.
import type { Outcome, Reason } from '../types.ts'

export interface DecisionSearch {
  /** Rows of a page. */
  limit: number
  /** Only decisions older than this id. */
  before: string | null
  route: string | null
  reason: string | null
  outcome: string | null
  /** That served, or was chosen. */
  model: string | null
  principal: string | null
  sessionId: string | null
  /** Confidence below this. */
  below: number | null
  /** Code of a failed attempt; `any` is each. */
  error: string | null
  /** Stands in the stored text, in any case. */
  text: string | null
}

export interface ListedDecision {
  id: string
  createdAtMs: number
  sessionId: string | null
  /** The beginning; null where text is not stored. */
  text: string | null
  route: string
  reason: Reason
  /** That served, or was tried last; the chosen one before there was an answer. */
  model: string
  confidence: number | null
  outcome: Outcome
  principal: string | null
  costUsd: number | null
  firstTokenMs: number | null
  totalMs: number | null
  /** Votes on it. */
  votes: number
}

export interface DecisionSearchPage {
  decisions: ListedDecision[]
  /** Pass as `before` to go on; null where there is nothing older. */
  nextCursor: string | null
  /** True where the page is not full because enough was looked through: going on may find more. */
  isPartial: boolean
}
