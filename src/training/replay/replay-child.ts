// The replay process: reads rows and generation itself, so that nothing large crosses from the server.

import type { ReplayReport } from '../../core/gate-report.ts'
import { serveChildJob } from '../../jobs/child-job.ts'
import { openGeneration, withStore } from './open-replayed.ts'
import { replay } from './replay.ts'
import type { ReplayJob } from './replay-job.ts'

serveChildJob<ReplayJob, ReplayReport>(async (job, tellProgress) => {
  const { config, limit, sinceMs } = job
  const generation = await openGeneration(job.indexDir, job.generation)
  return withStore(job.databaseFile, async (store) => {
    const onProgress = (done: number, total: number) => void tellProgress('replay', done, total)
    const { report } = await replay({ generation, config, store, limit, sinceMs, onProgress })
    return report
  })
})
