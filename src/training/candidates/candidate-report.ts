// Input and result of judging candidates: accepted, queued for review, rejected, held out, confirmed.
import type { RowShape } from '../../core/linear/vectors.ts'
import type { Ruling } from '../../core/records/ruling.ts'
import type { Exemplar } from '../../core/types.ts'
import type { Proposal, RejectedVote } from './candidate-proposals.ts'

/** Shown in place of texts that are not stored (`storage.store_text`). */
export const TEXT_NOT_STORED = '(text not stored)'

/** A prompt that becomes an exemplar. `exemplar.text` is empty where texts are not stored; the vector is then used alone. */
export interface AcceptedCandidate {
  exemplar: Exemplar
  /** Decisions with votes for it, oldest first. */
  decisionIds: string[]
  /** A sentence: why it was accepted. */
  reason: string
  /** Whole row. */
  vector: Float32Array
}

/** A prompt that waits for review: `reason` states the objection. */
export type QueuedCandidate = AcceptedCandidate

export interface HeldOutCandidate {
  text: string | null
  route: string
  vector: Float32Array
}

export interface CandidateReport {
  accepted: AcceptedCandidate[]
  queued: QueuedCandidate[]
  rejected: RejectedVote[]
  /** Held-out voted prompts, for the gate. */
  heldOut: HeldOutCandidate[]
  /** Number of confirmed prompts that add no information. */
  confirmed: number
}

export interface CandidateInput extends RowShape {
  /** Oldest first; each with its whole row in `vectors`. */
  proposals: readonly Proposal[]
  vectors: Float32Array
  curated: readonly Exemplar[]
  curatedVectors: Float32Array
  /** From held-out.jsonl; null without one. */
  heldOut: { labels: readonly string[]; vectors: Float32Array } | null
  rulings: readonly Ruling[]
  /** Largest share of all exemplars that one key's votes may create. */
  maxSharePerKey: number
}
