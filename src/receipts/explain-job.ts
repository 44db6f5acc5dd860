// The job that explains decisions in a child process: loads their generations, and reads the store.
import { entryPoint } from '../jobs/entry-point.ts'
import { createJob, type JobWork } from '../jobs/run-job.ts'
import { withReadOnly } from '../store/sqlite/read-only.ts'
import type { Receipt } from './receipt.ts'

export interface ExplainJob {
  ids: string[]
  /** Opened read-only. */
  databaseFile: string
  indexDir: string
}

/** One receipt per id; null for unknown ids. */
export const work: JobWork<ExplainJob, (Receipt | null)[]> = async (job) => {
  const { ids, databaseFile, indexDir } = job
  // Imported here, so that starting the job does not load its implementation.
  const { explainMany } = await import('./explain-decision.ts')
  return withReadOnly(databaseFile, (store) => explainMany(ids, { store, indexDir }))
}

/** @throws RouterError `index_invalid`, `store_unavailable`, and as `RunJob` */
export const runExplain = createJob<ExplainJob, (Receipt | null)[]>({
  name: 'explain',
  module: entryPoint(import.meta.url, './explain-job.js'),
})
