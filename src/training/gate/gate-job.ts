// What goes to the gate's process: two generations on disk and what to measure them on.
import type { Config } from '../../config/config-schema.ts'
import type { HeldOutSet } from '../rebuild/build-job.ts'

export interface GateJob {
  indexDir: string
  candidate: number
  /** Null where none serves: everything passes but what the candidate shows by itself. */
  serving: number | null
  /** held-out.jsonl, embedded; null without one. */
  heldOut: HeldOutSet | null
  /** Voted prompts that were kept from training; null where there are none. */
  feedbackHeldOut: HeldOutSet | null
  /** Of the store that is replayed, opened read-only; null replays nothing. */
  databaseFile: string | null
  config: Config
}
