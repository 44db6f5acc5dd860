// Checking the training data as a job, as the server runs it: it fits a classifier, which blocks its thread for seconds. The server
// names this file and imports nothing of it.
import { relative } from 'node:path'
import type { Config } from '../../config/config-schema.ts'
import { silentLogger } from '../../core/logger.ts'
import { createLazyEncoder, type EncoderIdentity } from '../../encoder/lazy.ts'
import { createSupervisedEncoder } from '../../encoder/supervised.ts'
import { lowerPriority } from '../../jobs/priority.ts'
import type { JobWork } from '../../jobs/run-job.ts'
import { openReadOnly } from '../../store/sqlite/read-only.ts'
import { trainedRoutes } from '../../training/generations/trained-routes.ts'
import { openConfiguredCache } from '../../training/rebuild/prepare-training-set.ts'
import type { LintReport } from '../../training/reports/lint-report.ts'
import { lintTraining } from './lint.ts'

export interface LintJob {
  config: Config
  trainingDir: string
  cacheDir: string
  indexDir: string
  /** Looked through for prompts that fit no route. */
  databaseFile: string
  encoder: EncoderIdentity
}

export const work: JobWork<LintJob, LintReport> = async (job) => {
  lowerPriority()
  const { config, trainingDir } = job
  const settings = { ...config.encoder, processes: 1, threads: 1, queue_limit: 10_000 }
  const encoder = createLazyEncoder({
    identity: job.encoder,
    start: () =>
      createSupervisedEncoder({
        config: { ...settings, deadline_ms: 60_000 },
        logger: silentLogger,
      }),
  })
  const store = await openReadOnly(job.databaseFile)
  const cache = await openConfiguredCache(job.cacheDir, encoder, config.encoder)
  try {
    const shownDir = relative(process.cwd(), trainingDir) || '.'
    const trained = await trainedRoutes(job.indexDir)
    return await lintTraining({ config, trainingDir, shownDir, encoder, cache, trained, store })
  } finally {
    await cache.flush()
    await encoder.close()
    await store.close()
  }
}
