// Does the abstention rule hold its guarantee? Thresholds are set on one random half of the labelled rows, and the wrong routes
// that they let through are counted on the other half, many times over.
import { type EvaluationRow, isTopRight } from '../../core/classifier/evaluate.ts'
import { type Random, shuffled } from '../../core/statistics/random.ts'
import { NONE_ROUTE } from '../../core/types.ts'

/** Least confidence to answer from, by confidences and whether an answer would be right. */
export type ThresholdRule = (confidences: number[], right: boolean[], horizon: number) => number

export interface ConformalCheck {
  splits: number
  /** Rows that thresholds were set on, and that they were measured on, in each split. */
  calibrationRows: number
  measuredRows: number
  /** Highest share of prompts that may go to a wrong route. */
  risk: number
  /** Share of splits in which the bound held. */
  kept: number
  /** Realised share of prompts sent to a wrong route: mean, and 95th percentile of the splits. */
  meanWrong: number
  highWrong: number
  /** Mean share of prompts that were routed. */
  coverage: number
  /** Share of splits in which the rule found no threshold that keeps the bound, and so routed nothing. */
  silent: number
  /** Realised wrong-route rate of each split, ascending. */
  wrongRates: number[]
}

export interface ConformalCheckOptions {
  thresholdOf: ThresholdRule
  risk: number
  random: Random
  splits?: number
}

/** A row whose best route is `none`, or that was not compared, is never routed, so it can never be wrong. */
const canBeRouted = ({ top }: EvaluationRow): boolean => top !== null && top !== NONE_ROUTE

interface Split {
  wrong: number
  routed: number
  isSilent: boolean
}

const measure = (
  calibration: readonly EvaluationRow[],
  measured: readonly EvaluationRow[],
  thresholdOf: ThresholdRule,
): Split => {
  const threshold = thresholdOf(
    calibration.map(({ confidence }) => confidence),
    calibration.map((row) => !canBeRouted(row) || isTopRight(row)),
    measured.length,
  )
  const routed = measured.filter((row) => canBeRouted(row) && row.confidence >= threshold)
  const wrong = routed.filter((row) => !isTopRight(row))
  return {
    wrong: wrong.length / measured.length,
    routed: routed.length / measured.length,
    isSilent: threshold === Number.POSITIVE_INFINITY,
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Null where there are fewer than two rows to split. */
export const checkConformal = (
  rows: readonly EvaluationRow[],
  options: ConformalCheckOptions,
): ConformalCheck | null => {
  const { thresholdOf, risk, random, splits: wanted = 200 } = options
  const half = Math.floor(rows.length / 2)
  if (half === 0) return null
  const splits = Array.from({ length: wanted }, () => {
    const order = shuffled(rows, random)
    return measure(order.slice(0, half), order.slice(half), thresholdOf)
  })
  const wrongRates = splits.map(({ wrong }) => wrong).sort((a, b) => a - b)
  return {
    splits: wanted,
    calibrationRows: half,
    measuredRows: rows.length - half,
    risk,
    kept: wrongRates.filter((rate) => rate <= risk).length / wanted,
    meanWrong: mean(wrongRates),
    highWrong: wrongRates[Math.ceil(0.95 * wanted) - 1] as number,
    coverage: mean(splits.map(({ routed }) => routed)),
    silent: mean(splits.map(({ isSilent }) => Number(isSilent))),
    wrongRates,
  }
}
