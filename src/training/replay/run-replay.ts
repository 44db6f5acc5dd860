// Parent's side of a replay: one call, and the serving loop feels nothing of it.

import type { ReplayReport } from '../../core/gate-report.ts'
import { type JobProgress, runChildJob } from '../../jobs/child-job.ts'
import { entryPoint } from '../../jobs/entry-point.ts'
import type { ReplayJob } from './replay-job.ts'

export interface RunReplayOptions {
  /** Kills the replay. */
  signal?: AbortSignal
  /** `total` is the job's limit: how many decisions there are is known at the end. */
  onProgress?: (progress: Pick<JobProgress, 'done' | 'total'>) => void
}

/**
 * Decides the newest stored decisions anew with another generation or configuration; nothing is written.
 * @throws RouterError `index_invalid`, `store_unavailable`, `internal` where the process died, or the signal's reason
 */
export const runReplay = (
  job: ReplayJob,
  options: RunReplayOptions = {},
): Promise<ReplayReport> => {
  const { onProgress, signal } = options
  return runChildJob<ReplayJob, ReplayReport>({
    entry: entryPoint(import.meta.url, './replay-child.js'),
    job,
    name: 'replay',
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  })
}
