// Stored records of experiments with two generations: shadow decisions, and votes on the decisions of each arm.
import type { Arm, Reason } from '../types.ts'

/** What a shadow generation would have decided. */
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
  /** Decisions where the shadow's route differs from the one that was taken. */
  differing: number
  /** Changes of route among them, the most frequent first. */
  moves: { from: string; to: string; decisions: number }[]
  /** The newest that differ, at most 50. */
  examples: { decisionId: string; route: string; shadowRoute: string; text: string | null }[]
}

/** An explicit or reviewer's vote on a decision of one of the arms. */
export interface ArmVote {
  decisionId: string
  sessionId: string | null
  arm: Arm
  /** The generation that decided. */
  generation: number
  isBad: boolean
  atMs: number
}
