// Decides stored decisions anew with another configuration, in a process of its own.
import type { DataPaths } from '../config/data-paths.ts'
import type { ReplayConfig } from '../config/plan-config.ts'
import { runReplay } from '../training/replay/replay-job.ts'

/** @param generation number of that which serves; null where none does */
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
