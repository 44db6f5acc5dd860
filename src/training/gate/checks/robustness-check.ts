// Checks the flip rate: the share of perturbed copies (typos, rewordings) with another route, measured out of fold at each rebuild.

import { percent } from '../../../core/statistics/percent.ts'
import type { GateCheck } from '../../reports/gate-report.ts'

/** Share of perturbed copies with another route, and their number. */
export interface Flips {
  rate: number
  copies: number
}

/** One-sided critical value of the normal distribution at 5 %. */
const SURE = 1.645

/** Two-proportion z-test: whether a rise is significant. */
const isBeyondChance = (before: Flips, after: Flips): boolean => {
  const pooled =
    (before.rate * before.copies + after.rate * after.copies) / (before.copies + after.copies)
  const variance = pooled * (1 - pooled) * (1 / before.copies + 1 / after.copies)
  return after.rate - before.rate > SURE * Math.sqrt(variance)
}

/** @param flips of both generations; null where not measured */
export const checkRobustness = (
  flips: { serving: Flips | null; candidate: Flips | null },
  maxRise: number,
): GateCheck => {
  const { serving, candidate } = flips
  if (serving === null || candidate === null) {
    const which = candidate === null ? 'candidate' : 'serving generation'
    const summary = `The ${which} was built without perturbed copies, so flips were not measured.`
    return { name: 'robustness', verdict: 'skipped', summary, figures: {} }
  }
  const isWorse = candidate.rate - serving.rate > maxRise && isBeyondChance(serving, candidate)
  const limit = isWorse ? `; a rise of ${percent(maxRise)} is allowed` : ''
  return {
    name: 'robustness',
    verdict: isWorse ? 'failed' : 'passed',
    summary: `Typos and rewordings change the route of ${percent(candidate.rate)} (serving: ${percent(serving.rate)})${limit}.`,
    figures: { flipRate: candidate.rate, servingFlipRate: serving.rate },
  }
}
