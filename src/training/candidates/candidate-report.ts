// What judging candidates is given, and what it finds: accepted, queued for a person, rejected, held out, confirmed.
import type { RowShape } from '../../core/linear/vectors.ts'
import type { Ruling } from '../../core/records/ruling.ts'
import type { Exemplar } from '../../core/types.ts'
import type { Proposal, RejectedVote } from './candidate-proposals.ts'

/** Shown in place of a text that `storage.store_text` kept out of the store. */
export const TEXT_NOT_STORED = '(text not stored)'

/** A prompt that becomes an exemplar. `exemplar.text` is empty where the store keeps none; its vector then stands for it. */
export interface AcceptedCandidate {
  exemplar: Exemplar
  /** Decisions whose votes carried it, oldest first. */
  decisionIds: string[]
  /** A sentence: why it was taken. */
  reason: string
  /** Whole row. */
  vector: Float32Array
}

/** A prompt that a person should look at: `reason` says what speaks against it. */
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
  /** Voted prompts that are never trained on, for the gate. */
  heldOut: HeldOutCandidate[]
  /** Prompts whose route was only confirmed, and that say nothing new. */
  confirmed: number
}

export interface CandidateInput extends RowShape {
  /** Oldest first; each with its whole row in `vectors`. */
  proposals: readonly Proposal[]
  vectors: Float32Array
  curated: readonly Exemplar[]
  curatedVectors: Float32Array
  /** Of held-out.jsonl; null without. */
  heldOut: { labels: readonly string[]; vectors: Float32Array } | null
  rulings: readonly Ruling[]
  /** Most of all exemplars that one key's votes may make. */
  maxSharePerKey: number
}
