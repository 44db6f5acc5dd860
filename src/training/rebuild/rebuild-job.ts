// A rebuild as a job, as the server runs it: loading, hashing, fitting and judging would hold up prompts. It has its own
// read-only store and its own encoder around the one rebuild() that the command calls too.
import { getPriority, setPriority } from 'node:os'
import type { Config } from '../../config/config-schema.ts'
import { silentLogger } from '../../core/logger.ts'
import { createLazyEncoder, type EncoderIdentity } from '../../encoder/lazy.ts'
import { createSupervisedEncoder } from '../../encoder/supervised.ts'
import { entryPoint } from '../../jobs/entry-point.ts'
import { createJob, type JobWork, type TellProgress } from '../../jobs/run-job.ts'
import { openReadOnly } from '../../store/sqlite/read-only.ts'
import type { Trigger } from '../reports/build-report.ts'
import type { PromoteMode } from './judge-build.ts'
import type { RebuildReport, RebuildStage } from './rebuild-report.ts'

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

/** One message per stage and hundredth: thousands of texts are embedded. */
const thinned = (tellProgress: TellProgress<RebuildStage>): TellProgress<RebuildStage> => {
  let told = ''
  return (progress) => {
    const { stage, done, total } = progress
    const hundredth = total > 0 ? Math.floor((100 * done) / total) : 0
    const mark = `${stage} ${hundredth}`
    if (mark === told) return
    told = mark
    tellProgress(progress)
  }
}

export const work: JobWork<RebuildJob, RebuildReport, RebuildStage> = async (job, tellProgress) => {
  if (job.niceness > getPriority()) setPriority(job.niceness)
  // Here, so that whoever only starts the job does not load what does it.
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

/** Rebuilds in a process of its own. @throws RouterError of the rebuild, and as `RunJob` */
export const runRebuild = createJob<RebuildJob, RebuildReport, RebuildStage>({
  name: 'rebuild',
  module: entryPoint(import.meta.url, './rebuild-job.js'),
})
