// Fits the classifier of a generation: feature space → out-of-fold evidence → blend, confidence, novelty and thresholds chosen on
// it → every part fitted once more on all exemplars. Deterministic under its seed.

import { gather, indicesWhere, type Matrix, takeRows } from '../linear/matrix.ts'
import { besideHash } from './beside-hash.ts'
import type { FitReport, FittedClassifier, TrainingSet } from './classifier.ts'
import { type ClassifierParts, toModel } from './classifier-codec.ts'
import { fitDenseHead } from './dense-head.ts'
import type { DescriptionPrior } from './description-prior.ts'
import { routeCentroids } from './evidence.ts'
import { type FeatureSpace, fitFeatureSpace, rowsToSpace } from './feature-space.ts'
import { type Chosen, choose, judge } from './fit-choice.ts'
import { flipRate, measures, unseenRows } from './fit-report.ts'
import { type Grams, packedGrams } from './lexical.ts'
import { areWordsTried, type OutOfFold, scoreOutOfFold } from './out-of-fold.ts'
import type { ThresholdStep } from './threshold-step.ts'
import { fitThresholds, type Judged } from './thresholds.ts'
import { shifted, trafficShift } from './traffic-shift.ts'
import { type TrainingRows, toTrainingRows } from './training-rows.ts'
import { fitWordHead } from './word-head.ts'

export interface FitOptions {
  seed: number
  /** Highest tolerated share of prompts sent to a wrong route (1: any), and the probability that the bound fails. */
  risk?: number
  delta?: number
  /** Cost of abstaining relative to a wrong route, which costs 1. */
  abstentionCost?: number
  /** Share of in-scope prompts that may be rejected as too novel. */
  novelShare?: number
  /** Whether the routes' descriptions are used for prompts that are unlike every exemplar. */
  trustDescriptions?: boolean
  /** Thresholds of the generation before, and how far they may move. */
  stepFrom?: ThresholdStep | undefined
}

export const FIT_DEFAULTS = {
  risk: 1,
  delta: 0.1,
  abstentionCost: 0.6,
  novelShare: 0.01,
  trustDescriptions: false,
}

/** With fewer exemplars none are held out, and default weights are used. */
const LEAST_ROWS = 8

/** Parts of a classifier that are chosen out of fold, not fitted. */
type ChosenParts = Omit<
  ClassifierParts,
  'routes' | 'counts' | 'space' | 'head' | 'centroids' | 'words' | 'descriptions'
>

/** Default weights for sets that are too small to hold rows out; nothing is calibrated. */
const unchosenParts = (set: TrainingRows): ChosenParts => ({
  blend: {
    bandwidth: 0.1,
    vote: 1,
    centroid: 0.5,
    words: areWordsTried(set) ? 0.25 : 0,
    sharpness: 1,
  },
  calibration: { bias: 0, weight: [], mean: [], sd: [] },
  novelty: { energy: { mean: 0, sd: 1 }, nearness: { mean: 0, sd: 1 }, detector: null },
  noveltyLimit: Number.POSITIVE_INFINITY,
  wordsAlone: null,
})

const chosenParts = ({ blend, calibration, novelty, limit, wordsAlone }: Chosen): ChosenParts => ({
  ...{ blend, calibration, novelty, wordsAlone },
  noveltyLimit: limit,
})

/** Exemplars, copies and anchors, with the feature space fitted on the exemplars alone. */
interface Prepared {
  set: TrainingRows
  /** Positions of the exemplars. */
  own: Int32Array
  space: FeatureSpace
  /** Every row of `set` in that space. */
  inSpace: Matrix
  /** Unit mean of each route's anchors; null where anchors only train the head. */
  descriptions: Matrix | null
  /** N-grams of every row's text, computed once for all folds; null where no word head is tried. */
  grams: readonly Grams[] | null
}

const prepare = (training: TrainingSet, trustDescriptions: boolean): Prepared => {
  const set = toTrainingRows(training)
  const own = indicesWhere(set.rows.rows, (i) => set.origins[i] === i)
  const space = fitFeatureSpace(takeRows(set.rows, own), gather(set.labels, own), {
    routes: set.routes.length,
    split: set.split,
  })
  const inSpace = rowsToSpace(space, set.rows)
  const anchors = indicesWhere(set.rows.rows, (i) => set.origins[i] === -1)
  const descriptions =
    trustDescriptions && anchors.length > 0
      ? routeCentroids(takeRows(inSpace, anchors), gather(set.labels, anchors), set.routes.length)
      : null
  const grams = areWordsTried(set) ? packedGrams(set.texts) : null
  return { set, own, space, inSpace, descriptions, grams }
}

/** Fits every part on all rows, with the weights that were chosen out of fold. */
const fitParts = (
  { set, space, inSpace, descriptions: centroids, grams }: Prepared,
  { chosen, prior }: { chosen: ChosenParts; prior: DescriptionPrior | null },
  seed: number,
): ClassifierParts => {
  const { routes, labels, counts } = set
  const n = routes.length
  return {
    ...{ routes, counts, space, ...chosen },
    descriptions: centroids && prior && { centroids, prior },
    head: fitDenseHead(inSpace, labels, n, seed),
    centroids: routeCentroids(inSpace, labels, n),
    words: grams && chosen.blend.words > 0 ? fitWordHead(grams, labels, n, seed) : null,
  }
}

interface HeldOut {
  unseen: OutOfFold
  chosen: Chosen
  judged: Judged[]
}

/** Null where there are too few exemplars to hold any out. */
const holdOut = (
  { set, own, inSpace, descriptions, grams }: Prepared,
  { seed, novelShare }: { seed: number; novelShare: number },
): HeldOut | null => {
  if (own.length < LEAST_ROWS) return null
  const unseen = scoreOutOfFold(set, inSpace, { seed, descriptions, grams })
  const chosen = choose(set, unseen, novelShare)
  return { unseen, chosen, judged: judge(chosen) }
}

const trainedBeside = ({ origins }: TrainingRows): Pick<FitReport, 'copies' | 'anchors'> => ({
  copies: indicesWhere(origins.length, (i) => origins[i] !== i && origins[i] !== -1).length,
  anchors: indicesWhere(origins.length, (i) => origins[i] === -1).length,
})

/** Fits every part, and shifts the calibration from exemplars to traffic. */
const fitForTraffic = (
  prepared: Prepared,
  { training, held, seed }: { training: TrainingSet; held: HeldOut | null; seed: number },
): { parts: ClassifierParts; shift: number } => {
  const chosen = held ? chosenParts(held.chosen) : unchosenParts(prepared.set)
  const parts = fitParts(prepared, { chosen, prior: held?.chosen.prior ?? null }, seed)
  const shift = held ? trafficShift(toModel(parts, {}), training) : 0
  const { calibration } = parts
  return {
    parts: { ...parts, calibration: { ...calibration, bias: calibration.bias + shift } },
    shift,
  }
}

/** Fits the classifier of a generation. Rows of `training` begin with unit-length embeddings. */
export const fitClassifier = (training: TrainingSet, options: FitOptions): FittedClassifier => {
  const { seed, novelShare, trustDescriptions, ...limits } = {
    ...FIT_DEFAULTS,
    stepFrom: undefined,
    ...options,
  }
  const { risk, delta, abstentionCost, stepFrom } = limits
  const prepared = prepare(training, trustDescriptions)
  const { set } = prepared
  const held = holdOut(prepared, { seed, novelShare })
  const judged = held?.judged ?? []
  const { parts, shift } = fitForTraffic(prepared, { training, held, seed })
  const inTraffic = judged.map((one) => ({ ...one, confidence: shifted(one.confidence, shift) }))
  const { thresholds, basis } = fitThresholds(inTraffic, {
    ...{ routes: set.routes, none: set.none },
    level: { risk, delta },
    ...{ abstentionCost, stepFrom },
  })
  return {
    model: toModel(parts, thresholds),
    unseen: held ? unseenRows(set, held.chosen, judged) : [],
    report: {
      ...measures(judged),
      ...{ risk, delta, abstentionCost, novelShare, trustDescriptions },
      ...trainedBeside(set),
      trafficShift: shift,
      besideHash: besideHash(training),
      thresholds: basis,
      flipRate: held && flipRate(set, held.unseen, held.chosen),
    },
  }
}
