// Checks the expected calibration error: thresholds and readers of confidences rely on it.

import { type RatedPrediction, reliabilityOf } from '../../../core/statistics/calibration.ts'
import { percent } from '../../../core/statistics/percent.ts'
import type { GateCheck } from '../../reports/gate-report.ts'
import type { GateRow } from './gate-row.ts'
import { counted } from './wording.ts'

/** Least number of rows; on fewer the error is mostly noise. */
const LEAST_ROWS = 100

const errorOf = (rows: readonly GateRow[], of: 'serving' | 'candidate'): number => {
  const judged = rows.map((row): RatedPrediction => {
    const { confidence, isTopRight } = row[of]
    return { confidence, isRight: isTopRight === true }
  })
  return reliabilityOf(judged, { binning: 'width' }).ece ?? 0
}

/** @param maxRise of the expected calibration error, 0 to 1 */
export const checkCalibration = (all: readonly GateRow[], maxRise: number): GateCheck => {
  const rows = all.filter(
    (row) => row.serving.isTopRight !== null && row.candidate.isTopRight !== null,
  )
  if (rows.length < LEAST_ROWS) {
    return {
      name: 'calibration',
      verdict: 'skipped',
      summary: `Confidence can be compared on ${counted(rows.length, 'held-out prompt')} only; ${LEAST_ROWS} are needed.`,
      figures: { rows: rows.length },
    }
  }
  const before = errorOf(rows, 'serving')
  const after = errorOf(rows, 'candidate')
  const isWorse = after - before > maxRise
  const limit = isWorse ? `, more than the ${percent(maxRise)} allowed` : ''
  const change = `${after >= before ? 'up' : 'down'} ${percent(Math.abs(after - before))}`
  return {
    name: 'calibration',
    verdict: isWorse ? 'failed' : 'passed',
    summary: `Claimed confidence is off by ${percent(after)} on average (serving: ${percent(before)}), ${change}${limit}.`,
    figures: { rows: rows.length, error: after, servingError: before },
  }
}
