// What goes to the review's process: where decisions and generation lie, and what is asked for.
import type { Config } from '../../config/config-schema.ts'
import type { ReviewKind } from './review-item.ts'

export interface ReviewJob {
  databaseFile: string
  indexDir: string
  /** Null where none serves yet: only candidates are found then. */
  generation: number | null
  config: Config
  /** Most items of each kind. */
  limit: number
  kinds: ReviewKind[]
  /** Hash of a prompt: only the new route that holds it, ruled or not. */
  clusterWith: string | null
}
