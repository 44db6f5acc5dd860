// Parent's side of the gate: the job goes to a process of its own, the report comes back.

import type { GateReport } from '../../core/gate-report.ts'
import { type JobProgress, runChildJob } from '../../jobs/child-job.ts'
import { entryPoint } from '../../jobs/entry-point.ts'
import type { GateJob } from './gate-job.ts'

export interface RunGateOptions {
  /** Kills the gate. */
  signal?: AbortSignal
  onProgress?: (progress: Pick<JobProgress, 'done' | 'total'>) => void
}

/**
 * Holds a candidate generation against the serving one; nothing is written or promoted.
 * @throws RouterError `index_invalid`, `store_unavailable`, `internal` where the process died, or the signal's reason
 */
export const runGate = (job: GateJob, options: RunGateOptions = {}): Promise<GateReport> => {
  const { onProgress, signal } = options
  return runChildJob<GateJob, GateReport>({
    entry: entryPoint(import.meta.url, './gate-child.js'),
    job,
    name: 'gate',
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  })
}
