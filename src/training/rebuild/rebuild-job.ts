// A rebuild as a job in a child process of the server: loading, hashing, fitting and judging would delay prompts. It has its own
// read-only store and encoder, and calls the same rebuild() as the command.
import type { Config } from '../../config/config-schema.ts'
import { silentLogger } from '../../core/logger.ts'
import { createLazyEncoder, type EncoderIdentity } from '../../encoder/lazy.ts'
import { createSupervisedEncoder } from '../../encoder/supervised.ts'
import { entryPoint } from '../../jobs/entry-point.ts'
import { lowerPriority } from '../../jobs/priority.ts'
import { createJob, type JobWork, type TellProgress } from '../../jobs/run-job.ts'
import { openReadOnly } from '../../store/sqlite/read-only.ts'
import type { Trigger } from '../reports/build-report.ts'
import type { PromoteMode } from './judge-build.ts'
import type { RebuildReport, RebuildStage } from './rebuild-report.ts'

/** Options of a requested rebuild. */
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
  /** Opened read-only; null leaves out feedback and replay. */
  databaseFile: string | null
  encoder: EncoderIdentity
  /** Encoder processes, started only where there are texts to embed. */
  processes: number
  /** Niceness as in nice(1); inherited by its own child processes. */
  niceness: number
}

const openEncoder = ({ encoder: identity, config, processes }: RebuildJob) =>
  createLazyEncoder({
    identity,
    start: () =>
      createSupervisedEncoder({
        config: {
          ...config.encoder,
          ...{ processes, threads: 1, queue_limit: 10_000, deadline_ms: 60_000 },
        },
        logger: silentLogger,
      }),
  })

/** Reduces progress reports to one per stage and percent. */
const thinned = (tellProgress: TellProgress<RebuildStage>): TellProgress<RebuildStage> => {
  let lastMark = ''
  return (progress) => {
    const { stage, done, total } = progress
    const hundredth = total > 0 ? Math.floor((100 * done) / total) : 0
    const mark = `${stage} ${hundredth}`
    if (mark === lastMark) return
    lastMark = mark
    tellProgress(progress)
  }
}

export const work: JobWork<RebuildJob, RebuildReport, RebuildStage> = async (job, tellProgress) => {
  lowerPriority(job.niceness)
  // Imported here, so that starting the job does not load its implementation.
  const { rebuild } = await import('./rebuild.ts')
  const store = job.databaseFile === null ? null : await openReadOnly(job.databaseFile)
  const encoder = openEncoder(job)
  try {
    return await rebuild({
      ...job,
      encoder,
      store,
      retention: store,
      outcomes: store,
      concurrency: 4 * job.processes,
      onProgress: thinned(tellProgress),
    })
  } finally {
    await encoder.close()
    await store?.close()
  }
}

/** Rebuilds in a child process. @throws RouterError of the rebuild, and as `RunJob` */
export const runRebuild = createJob<RebuildJob, RebuildReport, RebuildStage>({
  name: 'rebuild',
  module: entryPoint(import.meta.url, './rebuild-job.js'),
})
