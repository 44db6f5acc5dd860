// Decisions as they are read from the store: complete, and with the fields that a replay needs.
import type { Arm, Completion, Decision, Inheritance, Outcome, Reason } from '../types.ts'

/** A decision as stored: with its completion once there is one. */
export interface StoredDecision extends Decision {
  outcome: Outcome
  completion: Completion | null
}

/** Input of a replay: without scores and neighbours, so that ten thousand are read in a second. */
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
