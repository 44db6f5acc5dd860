// Does a typo or a changed wording flip more decisions than before? Measured out of fold at each rebuild, on perturbed copies.
import type { GateCheck } from '../../reports/gate-report.ts'
import { percent } from './wording.ts'

/** Share of perturbed copies that got another route, and how many there were. */
export interface Flips {
  rate: number
  copies: number
}

/** Standard errors of a difference that chance exceeds in 5 % of cases, one-sided. */
const SURE = 1.645

/** Whether a rise is more than two samples of such sizes differ by chance (two-proportion z-test). */
const isBeyondChance = (before: Flips, after: Flips): boolean => {
  const pooled =
    (before.rate * before.copies + after.rate * after.copies) / (before.copies + after.copies)
  const variance = pooled * (1 - pooled) * (1 / before.copies + 1 / after.copies)
  return after.rate - before.rate > SURE * Math.sqrt(variance)
}

/** @param flips of both generations; null where they were not measured */
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
