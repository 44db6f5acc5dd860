// Replays stored decisions with another configuration, in a child process.
import type { DataPaths } from '../config/data-paths.ts'
import type { ReplayConfig } from '../config/plan-config.ts'
import { runReplay } from '../training/replay/replay-job.ts'

/** @param generation number of the serving generation; null where there is none */
export const replayWith =
  (
    paths: Pick<DataPaths, 'index' | 'database'>,
    generation: () => number | null | Promise<number | null>,
  ): ReplayConfig =>
  async (config, { signal, ...query }) => {
    const number = await generation()
    if (number === null) return null
    const job = {
      indexDir: paths.index,
      databaseFile: paths.database,
      generation: number,
      config,
      ...query,
    }
    return runReplay(job, signal ? { signal } : {})
  }
