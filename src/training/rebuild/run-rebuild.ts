// Parent's side of a rebuild's process.
import { runChildJob } from '../../jobs/child-job.ts'
import { entryPoint } from '../../jobs/entry-point.ts'
import type { RebuildProgress, RebuildReport, RebuildStage } from './rebuild.ts'
import type { RebuildJob } from './rebuild-job.ts'

export interface RunRebuildOptions {
  onProgress?: (progress: RebuildProgress) => void
  /** Kills the rebuild and what it started. */
  signal?: AbortSignal
}

/**
 * Rebuilds in a process of its own.
 * @throws RouterError of the rebuild, `internal` (retryable) where the process died, or the signal's reason
 */
export const runRebuild = (
  job: RebuildJob,
  options: RunRebuildOptions = {},
): Promise<RebuildReport> =>
  runChildJob<RebuildJob, RebuildReport, RebuildStage>({
    entry: entryPoint(import.meta.url, './rebuild-child.js'),
    job,
    name: 'rebuild',
    ...options,
  })
