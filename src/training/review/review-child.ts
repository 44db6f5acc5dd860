// The review's process: reads decisions and generation itself, judges and clusters them; all of it blocks its thread.
import { serveChildJob } from '../../jobs/child-job.ts'
import { withStore } from '../replay/open-replayed.ts'
import { findItems } from './find-items.ts'
import type { ReviewList } from './review-item.ts'
import type { ReviewJob } from './review-job.ts'

serveChildJob<ReviewJob, ReviewList>((job) =>
  withStore(job.databaseFile, (store) => findItems(job, store)),
)
