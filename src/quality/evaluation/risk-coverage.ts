// What abstaining buys: answer only the surest share of the prompts, and see how often those answers are wrong.
// It judges the order that the confidences give, whatever their scale (El-Yaniv & Wiener 2010; Geifman & El-Yaniv 2017).
import type { RatedPrediction } from '../../core/statistics/calibration.ts'

export interface RiskPoint {
  /** Answer from this confidence on. */
  threshold: number
  /** Share of rows answered, 0 to 1. */
  coverage: number
  /** Share of the answered that are wrong, 0 to 1. */
  risk: number
}

export interface RiskCoverage {
  /** One point for each distinct confidence, from the surest to full coverage. */
  points: RiskPoint[]
  /** Area under the curve: mean risk over all coverages; 0 is perfect. Null without rows. */
  aurc: number | null
  /** `aurc` less that of the best order with as many errors: the part that is due to the confidence. */
  excessAurc: number | null
}

/** Area that an order with all errors last would have. */
const bestArea = (rows: number, errors: number): number => {
  let area = 0
  for (let answered = rows - errors + 1; answered <= rows; answered++) {
    area += (answered - (rows - errors)) / answered
  }
  return area / rows
}

/**
 * Rows of one confidence come as a group, since no threshold can part them: within it the errors are spread evenly,
 * which is the mean over all orders. So the order of the rows given never matters.
 */
export const riskCoverageOf = (rows: readonly RatedPrediction[]): RiskCoverage => {
  const sorted = [...rows].sort((a, b) => b.confidence - a.confidence)
  const points: RiskPoint[] = []
  let errors = 0
  let area = 0
  for (let start = 0; start < sorted.length; ) {
    const threshold = (sorted[start] as RatedPrediction).confidence
    let end = start
    let wrong = 0
    for (; end < sorted.length && sorted[end]?.confidence === threshold; end++) {
      if (!sorted[end]?.isRight) wrong++
    }
    for (let answered = start + 1; answered <= end; answered++) {
      area += (errors + (wrong * (answered - start)) / (end - start)) / answered
    }
    errors += wrong
    points.push({ threshold, coverage: end / sorted.length, risk: errors / end })
    start = end
  }
  if (sorted.length === 0) return { points, aurc: null, excessAurc: null }
  const aurc = area / sorted.length
  return { points, aurc, excessAurc: aurc - bestArea(sorted.length, errors) }
}

/** Greatest coverage at which the risk stays within `risk`; 0 where no threshold keeps it. */
export const coverageAtRisk = ({ points }: RiskCoverage, risk: number): number =>
  points.reduce((best, point) => (point.risk <= risk ? Math.max(best, point.coverage) : best), 0)
