// Failed attempts, grouped and counted.
import type { AttemptFailure } from '../types.ts'

/** A group of attempts that are equal in all fields but the last three. */
export interface FailedAttempts {
  provider: string
  model: string
  errorCode: string
  status: number | null
  failure: AttemptFailure
  count: number
  /** The latest decision with such an attempt. */
  decisionId: string
  /** Start of the latest one. */
  lastAtMs: number
}
