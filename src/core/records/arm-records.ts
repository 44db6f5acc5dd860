// What is kept of two generations side by side: decisions in the shadow, and votes on what each arm decided.
import type { Arm, Reason } from '../types.ts'

/** What a candidate generation in the shadow would have decided. */
export interface ShadowDecision {
  decisionId: string
  generation: number
  route: string
  reason: Reason
  confidence: number | null
  createdAtMs: number
}

export interface ShadowSummary {
  decisions: number
  /** Those where the shadow's route differs from the one that was taken. */
  differing: number
  /** Where they would have gone, the most first. */
  moves: { from: string; to: string; decisions: number }[]
  /** The newest that differ, at most 50. */
  examples: { decisionId: string; route: string; shadowRoute: string; text: string | null }[]
}

/** An explicit or reviewed vote on a decision that one of the arms made. */
export interface ArmVote {
  decisionId: string
  sessionId: string | null
  arm: Arm
  /** The generation that decided. */
  generation: number
  isBad: boolean
  atMs: number
}
