// What /admin does, as far as it does not depend on the configuration that serves.

import { createConfigAdmin } from '../config/config-admin.ts'
import type { Config } from '../config/config-schema.ts'
import type { DataPaths } from '../config/data-paths.ts'
import type { ReplayConfig } from '../config/plan-config.ts'
import type { Reloader } from '../config/reloader.ts'
import type { Admin } from '../http/request/deps.ts'
import { createReplays } from '../training/replay/background-replays.ts'
import { createReplayOnce } from '../training/replay/replay-request.ts'
import { createReview } from '../training/review/review.ts'
import { newId } from './new-id.ts'
import type { Parts } from './parts.ts'
import { replayWith } from './replay-with.ts'

export interface AdminOptions {
  parts: Pick<Parts, 'arms' | 'engine' | 'generations' | 'store'>
  reloader: Reloader
  paths: DataPaths
  /** The serving configuration. */
  config: () => Config
  /** Replaces the replay process in tests. */
  replay: ReplayConfig | undefined
}

/** The remaining operations are created with each configuration, in serving.ts. */
export type LongLivedAdmin = Omit<Admin, 'exemplars' | 'feedback' | 'outcomes'>

export const createAdmin = (options: AdminOptions): LongLivedAdmin => {
  const { parts, reloader, paths, config } = options
  const { arms, engine, generations, store } = parts
  const generation = () => engine.generation()?.number ?? null
  const replay = createReplayOnce({ paths, config, flush: store.flush })
  return {
    arms: arms.admin,
    config: createConfigAdmin({
      reloader,
      store,
      replay: options.replay ?? replayWith(paths, generation),
      now: Date.now,
    }),
    generations: generations.admin,
    replay,
    replays: createReplays({ run: replay, now: Date.now }),
    review: createReview({ config, paths, store, newId, now: Date.now }),
  }
}
