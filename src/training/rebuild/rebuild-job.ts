// What goes to a rebuild's process: the server never rebuilds in its own, where loading, hashing and copying matrices would
// hold up prompts.
import type { Config } from '../../config/config-schema.ts'
import type { EncoderIdentity } from '../../encoder/lazy.ts'
import type { Trigger } from './generation-report.ts'
import type { PromoteMode } from './judge-build.ts'

/** What somebody who asks for a rebuild may say. */
export interface RebuildRequest {
  force?: boolean
  promote?: PromoteMode
  reason?: string | null
  author: string
  trigger: Trigger
}

export interface RebuildJob extends RebuildRequest {
  config: Config
  indexDir: string
  trainingDir: string
  cacheDir: string
  /** Opened read-only; null leaves feedback out and replays nothing. */
  databaseFile: string | null
  encoder: EncoderIdentity
  /** Encoder processes, started only where there are texts to embed. */
  processes: number
  /** As nice(1) counts; what the rebuild starts has it too. */
  niceness: number
}
