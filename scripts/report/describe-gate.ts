// A gate's report as lines for a terminal.
import {
  GATE_CHECKS,
  type GateCheck,
  type GateReport,
} from '../../src/training/reports/gate-report.ts'

const MARKS: Record<GateCheck['verdict'], string> = {
  passed: 'ok  ',
  failed: 'FAIL',
  skipped: '–   ',
}
const WIDTH = Math.max(...GATE_CHECKS.map((name) => name.length))

const headline = ({ candidate, against, passed, checks, durationMs }: GateReport): string => {
  const failed = checks.filter(({ verdict }) => verdict === 'failed').length
  const over = against === null ? '' : `, against generation ${against}`
  const took = `${(durationMs / 1000).toFixed(1)} s`
  return passed
    ? `The gate lets generation ${candidate} pass${over} (${took}).`
    : `The gate refuses generation ${candidate}${over}: ${failed} of ${checks.length} checks failed (${took}).`
}

/** One line for the verdict and one for each check. */
export const describeGate = (report: GateReport): string[] => [
  headline(report),
  ...report.checks.map(
    ({ name, verdict, summary }) => `  ${MARKS[verdict]} ${name.padEnd(WIDTH)}  ${summary}`,
  ),
]
