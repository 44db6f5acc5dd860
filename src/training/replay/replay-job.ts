// What goes to the replay's process.
import type { Config } from '../../config/config-schema.ts'

export interface ReplayJob {
  indexDir: string
  /** Generation to decide with. */
  generation: number
  /** Configuration to decide with: thresholds, routes, default route, models, k. */
  config: Config
  databaseFile: string
  /** Newest decisions that are replayed. */
  limit: number
  /** Only decisions made since; null: all. */
  sinceMs: number | null
}
