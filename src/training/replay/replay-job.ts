// A replay as a job: reads rows and generation itself, so that nothing large crosses from the server.
import type { Config } from '../../config/config-schema.ts'
import { entryPoint } from '../../jobs/entry-point.ts'
import { createJob, type JobWork } from '../../jobs/run-job.ts'
import { withReadOnly } from '../../store/sqlite/read-only.ts'
import { openGeneration } from '../../vector-index/open-generation.ts'
import type { ReplayReport } from '../reports/gate-report.ts'

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

/** `total` of its progress is the job's limit: how many decisions there are is known at the end. */
export const work: JobWork<ReplayJob, ReplayReport> = async (job, tellProgress) => {
  // Here, so that whoever only starts the job does not load what does it.
  const { replay } = await import('./replay.ts')
  const { config, limit, sinceMs } = job
  const generation = await openGeneration(job.indexDir, job.generation)
  return withReadOnly(job.databaseFile, async (store) => {
    const onProgress = (done: number, total: number) =>
      tellProgress({ stage: 'replay', done, total })
    const { report } = await replay({ generation, config, store, limit, sinceMs, onProgress })
    return report
  })
}

/**
 * Decides the newest stored decisions anew with another generation or configuration; nothing is written.
 * @throws RouterError `index_invalid`, `store_unavailable`, and as `RunJob`
 */
export const runReplay = createJob<ReplayJob, ReplayReport>({
  name: 'replay',
  module: entryPoint(import.meta.url, './replay-job.js'),
})
