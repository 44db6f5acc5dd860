// Evidence + the weights chosen out of fold → probabilities, confidence and novelty of each row. The same functions serve a
// rebuild's held-out rows and the one row of a decision.

import { type Matrix, rowOf, topTwo } from '../linear/matrix.ts'
import { logOdds } from '../statistics/odds.ts'
import { applyBlend, type Blend } from './blend.ts'
import { type DescriptionPrior, withDescriptions } from './description-prior.ts'
import type { Evidence } from './evidence.ts'
import { type Logistic, logisticAt } from './logistic.ts'
import { type NoveltySigns, noveltySigns } from './novelty.ts'
import { withTwins } from './twin.ts'

const MAX_MARGIN = 12

/** Features of the calibrated confidence: log odds of the best route, its margin, energy and nearness. */
export const CONFIDENCE_FEATURES = 4

export interface Mixed {
  /** Log-probabilities `[n × routes]`: the blend, with the vote of near-duplicates mixed in. */
  readonly log: Matrix
  /** Weight of the near-duplicates' vote in each row. */
  readonly twinShares: Float32Array
  readonly signs: readonly NoveltySigns[]
}

export const mix = (
  evidence: Evidence,
  blend: Blend,
  {
    routes,
    none,
    prior,
  }: {
    routes: readonly string[]
    none: number
    /** Null where descriptions are not used. */
    prior: DescriptionPrior | null
  },
): Mixed => {
  const position = new Map(routes.map((route, i) => [route, i]))
  const blended = applyBlend(evidence, blend)
  const log = prior ? withDescriptions(blended, evidence, prior) : blended
  const twinShares = new Float32Array(log.rows)
  const signs = evidence.neighbours.map((neighbours, i) => {
    const twins = withTwins(rowOf(log, i), neighbours, position)
    log.data.set(twins.log, i * log.cols)
    twinShares[i] = twins.weight
    return noveltySigns(evidence.logits, i, none, evidence.nearness[i] as number)
  })
  return { log, twinShares, signs }
}

export const confidenceFeatures = ({ log, signs }: Mixed, row: number): number[] => {
  const [best, next] = topTwo(log, row)
  const from = row * log.cols
  const bestLog = log.data[from + best] as number
  const nextLog = next < 0 ? -20 : (log.data[from + next] as number)
  const { energy, nearness } = signs[row] as NoveltySigns
  return [logOdds(Math.exp(bestLog)), Math.min(MAX_MARGIN, bestLog - nextLog), energy, nearness]
}

/** Calibrated probability that the best route of the row is right. */
export const confidenceOf = (calibration: Logistic, mixed: Mixed, row: number): number => {
  const features = confidenceFeatures(mixed, row)
  return logisticAt(calibration, features, features[0])
}
