// The gate's process: two generations are loaded and thousands of prompts decided, which no serving loop should feel.

import type { GateReport } from '../../core/gate-report.ts'
import { serveChildJob } from '../../jobs/child-job.ts'
import { GATE_STEPS, holdGate } from './gate.ts'
import type { GateJob } from './gate-job.ts'

serveChildJob<GateJob, GateReport>((job, tellProgress) =>
  holdGate(job, (done) => void tellProgress('gate', done, GATE_STEPS)),
)
