// A gate that has made up its mind, for tests of what follows from that.

import type { RunGate } from '../../src/training/rebuild/judge-build.ts'
import type { GateReport } from '../../src/training/reports/gate-report.ts'

export const gateReport = (passed: boolean, changes: Partial<GateReport> = {}): GateReport => ({
  candidate: 2,
  against: 1,
  passed,
  checks: [
    {
      name: 'accuracy',
      verdict: passed ? 'passed' : 'failed',
      summary: passed
        ? 'Right on 92.0 % (serving: 91.0 %).'
        : 'Right on 60.0 % (serving: 91.0 %); a drop of 1.0 % is allowed.',
      figures: { accuracy: passed ? 0.92 : 0.6, servingAccuracy: 0.91 },
    },
    {
      name: 'replay',
      verdict: 'skipped',
      summary: 'There are no stored decisions to replay.',
      figures: {},
    },
  ],
  replay: null,
  durationMs: 5,
  ...changes,
})

export interface FakeGate extends RunGate {
  /** What it was asked, in order. */
  readonly asked: { candidate: number; serving: number | null }[]
}

export const gateThatSays = (passed: boolean, changes: Partial<GateReport> = {}): FakeGate => {
  const asked: FakeGate['asked'] = []
  const run: RunGate = async ({ candidate, serving }, tellStep) => {
    asked.push({ candidate, serving })
    tellStep?.(1)
    return gateReport(passed, { candidate, against: serving, ...changes })
  }
  return Object.assign(run, { asked })
}
