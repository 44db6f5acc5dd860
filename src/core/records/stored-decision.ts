// A decision as it is read back: whole, and as far as a replay needs it.
import type { Arm, Completion, Decision, Inheritance, Outcome, Reason } from '../types.ts'

/** A decision as stored: with its completion once there is one. */
export interface StoredDecision extends Decision {
  outcome: Outcome
  completion: Completion | null
}

/** What a past decision is replayed from: no scores, no neighbours, so that ten thousand are read in a second. */
export interface ReplayRow {
  id: string
  createdAtMs: number
  sessionId: string | null
  principal: string | null
  requestedModel: string
  /** Null where text is not stored. */
  text: string | null
  hasSignal: boolean
  /** Whole row of the encoder; null where the prompt was not embedded. */
  embedding: Float32Array | null
  encoderId: string | null
  route: string
  model: string
  reason: Reason
  confidence: number | null
  threshold: number | null
  inherited: Inheritance | null
  indexGeneration: number | null
  arm: Arm | null
  configVersion: string
  outcome: Outcome
  costUsd: number | null
}
