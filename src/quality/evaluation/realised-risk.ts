// Checks the conformal rule: thresholds from one half of the test rows, its guarantee on the other half.
import { riskThreshold } from '../../core/classifier/conformal.ts'
import type { EvaluationRow } from '../../core/classifier/evaluate.ts'
import { createRandom } from '../../core/statistics/random.ts'
import { type ConformalCheck, checkConformal } from './conformal-check.ts'

export interface RealisedRiskOptions {
  /** Highest share of prompts that may go to a wrong route. */
  risk: number
  /** Chance that the bound may fail. */
  delta: number
  seed: number
  splits?: number
}

/** The promise is for the rows of the other half, so that a split can show whether it was kept. Null below two rows. */
export const realisedRisk = (
  rows: readonly EvaluationRow[],
  { risk, delta, seed, splits = 200 }: RealisedRiskOptions,
): (ConformalCheck & { delta: number }) | null => {
  const check = checkConformal(rows, {
    risk,
    splits,
    random: createRandom(seed),
    thresholdOf: (confidences, right, horizon) =>
      riskThreshold(confidences, right, { risk, delta, horizon }).threshold,
  })
  return check && { ...check, delta }
}
