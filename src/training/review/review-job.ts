// Finding what a person should review, as a job: reads decisions and generation itself, judges and clusters them.
import type { Config } from '../../config/config-schema.ts'
import { entryPoint } from '../../jobs/entry-point.ts'
import { createJob, type JobWork } from '../../jobs/run-job.ts'
import { withReadOnly } from '../../store/sqlite/read-only.ts'
import type { ReviewKind, ReviewList } from './review-item.ts'

export interface ReviewJob {
  databaseFile: string
  indexDir: string
  /** Null where none serves yet: only candidates are found then. */
  generation: number | null
  config: Config
  /** Most items of each kind. */
  limit: number
  kinds: ReviewKind[]
  /** Hash of a prompt: only the new route that holds it, ruled or not. */
  clusterWith: string | null
}

export const work: JobWork<ReviewJob, ReviewList> = async (job) => {
  // Here, so that whoever only starts the job does not load what does it.
  const { findItems } = await import('./find-items.ts')
  return withReadOnly(job.databaseFile, (store) => findItems(job, store))
}

/** @throws RouterError `index_invalid`, `store_unavailable`, and as `RunJob` */
export const runReview = createJob<ReviewJob, ReviewList>({
  name: 'review',
  module: entryPoint(import.meta.url, './review-job.js'),
})
