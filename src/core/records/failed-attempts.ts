// Failed attempts that are alike, counted.
import type { AttemptFailure } from '../types.ts'

/** Alike in all but the last three. */
export interface FailedAttempts {
  provider: string
  model: string
  errorCode: string
  status: number | null
  failure: AttemptFailure
  count: number
  /** The latest decision that has one. */
  decisionId: string
  /** When the latest began. */
  lastAtMs: number
}
