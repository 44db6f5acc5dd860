// Recalibrates confidence from exemplars to traffic. It is calibrated on out-of-fold exemplars, which are harder than traffic:
// their authors avoid repetition, and each fold lacks a sixth of the exemplars. One number, a shift of the log odds, is fitted on
// held-out prompts that represent the traffic.
import { logOdds, sigmoid } from '../statistics/odds.ts'
import type { ClassifierModel, TrafficSample, TrainingSet } from './classifier.ts'
import { NEIGHBOURS } from './nearest.ts'
import { createBatchRouter } from './score-batch.ts'

/** Least number of prompts to fit the shift on. */
const LEAST_ROWS = 100
/** Strength of the prior for no shift, in units of Σ p · (1 − p) over prompts. */
const STIFFNESS = 20
const MAX_ROUNDS = 25

export const shifted = (confidence: number, shift: number): number =>
  shift === 0 ? confidence : sigmoid(logOdds(confidence) + shift)

/** The maximum-a-posteriori shift (Newton's method), shrunk towards none; 0 where there are too few prompts. */
export const fitShift = (rows: readonly { confidence: number; isRight: boolean }[]): number => {
  if (rows.length < LEAST_ROWS) return 0
  let shift = 0
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let gradient = STIFFNESS * shift
    let curvature = STIFFNESS
    for (const { confidence, isRight } of rows) {
      const p = shifted(confidence, shift)
      gradient += p - (isRight ? 1 : 0)
      curvature += p * (1 - p)
    }
    const move = gradient / curvature
    shift -= move
    if (Math.abs(move) < 1e-6) break
  }
  return shift
}

/** Prompts of untrained routes are left out: they can only be wrong. */
const judgeSample = (model: ClassifierModel, set: TrainingSet, sample: TrafficSample) => {
  const router = createBatchRouter({
    model,
    exemplars: set.routes.map((route) => ({ id: '', route })),
    vectors: set.vectors,
    searchDimensions: set.searchDimensions,
    neighbours: NEIGHBOURS,
  })
  const { probabilities, confidences } = router.score(sample)
  const n = model.routes.length
  return sample.routes.flatMap((route, row) => {
    const own = model.routes.indexOf(route)
    if (own < 0) return []
    const scores = probabilities.subarray(row * n, (row + 1) * n)
    const isRight = scores.every((score) => score <= (scores[own] as number))
    return [{ confidence: confidences[row] as number, isRight }]
  })
}

/** @param model whose confidence is calibrated on the exemplars */
export const trafficShift = (model: ClassifierModel, set: TrainingSet): number =>
  set.sample && set.sample.routes.length >= LEAST_ROWS
    ? fitShift(judgeSample(model, set, set.sample))
    : 0
