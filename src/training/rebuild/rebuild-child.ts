// The rebuild's process: its own read-only store and its own encoder around the one rebuild() that the command calls too.

import { getPriority, setPriority } from 'node:os'
import { silentLogger } from '../../core/logger.ts'
import { createLazyEncoder } from '../../encoder/lazy.ts'
import { createSupervisedEncoder } from '../../encoder/supervised.ts'
import { serveChildJob, type TellProgress } from '../../jobs/child-job.ts'
import { createSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { type RebuildProgress, type RebuildReport, rebuild } from './rebuild.ts'
import type { RebuildJob } from './rebuild-job.ts'

const openStore = (file: string) =>
  createSqliteStore({
    file,
    readOnly: true,
    onCorrupt: 'refuse',
    storeText: 'full',
    flushIntervalMs: 1_000,
    queueLimit: 1,
    logger: silentLogger,
  })

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
const thinned = (tellProgress: TellProgress) => {
  let told = ''
  return ({ stage, done, total }: RebuildProgress): void => {
    const hundredth = total > 0 ? Math.floor((100 * done) / total) : 0
    const mark = `${stage} ${hundredth}`
    if (mark === told) return
    told = mark
    void tellProgress(stage, done, total)
  }
}

const work = async (job: RebuildJob, tellProgress: TellProgress): Promise<RebuildReport> => {
  if (job.niceness > getPriority()) setPriority(job.niceness)
  const store = job.databaseFile === null ? null : await openStore(job.databaseFile)
  const encoder = openEncoder(job)
  const { processes } = job
  try {
    return await rebuild({
      ...job,
      encoder,
      store,
      retention: store,
      concurrency: 4 * processes,
      onProgress: thinned(tellProgress),
    })
  } finally {
    await encoder.close()
    await store?.close()
  }
}

serveChildJob<RebuildJob, RebuildReport>(work)
