// How much easier traffic is than exemplars. Confidence is calibrated on exemplars that no part had seen, and these are harder
// than what people ask: their authors do not repeat themselves, and a sixth of the rest was missing. One number, the shift of
// the log odds, is fitted on prompts that stand for the traffic and that nothing is trained on.
import type { ClassifierModel, TrafficSample, TrainingSet } from './classifier.ts'
import { NEIGHBOURS } from './nearest.ts'
import { createBatchRouter } from './score-batch.ts'

/** Fewer prompts say too little. */
const LEAST_ROWS = 100
/** In units of p · (1 − p) summed over prompts: as if so much had been seen to need no shift. */
const STIFFNESS = 20
const MAX_ROUNDS = 25
const EDGE = 1e-6

const logit = (p: number): number => {
  const inside = Math.min(1 - EDGE, Math.max(EDGE, p))
  return Math.log(inside / (1 - inside))
}

export const shifted = (confidence: number, shift: number): number =>
  shift === 0 ? confidence : 1 / (1 + Math.exp(-logit(confidence) - shift))

/** The shift under which the claims fit the hits best, shrunk towards none; 0 where there are too few prompts. */
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

/** Prompts of routes that were not trained are left out: they can only be wrong. */
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

/** @param model with confidence as it was calibrated on the exemplars */
export const trafficShift = (model: ClassifierModel, set: TrainingSet): number =>
  set.sample && set.sample.routes.length >= LEAST_ROWS
    ? fitShift(judgeSample(model, set, set.sample))
    : 0
