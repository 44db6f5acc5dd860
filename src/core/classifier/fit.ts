// Fits the classifier of a generation: feature space → out-of-fold evidence → blend, confidence, novelty and thresholds chosen on
// it → every part fitted once more on all exemplars. Deterministic under its seed.

import { indicesWhere } from '../linear/matrix.ts'
import { besideHash } from './beside-hash.ts'
import type { FitReport, FittedClassifier, TrainingSet } from './classifier.ts'
import { type ClassifierParts, toModel } from './classifier-codec.ts'
import type { DescriptionPrior } from './description-prior.ts'
import { routeCentroids } from './evidence.ts'
import { type Chosen, choose, foldPredictions, withWordsFirst } from './fit-choice.ts'
import { flipRate, measures, unseenRows } from './fit-report.ts'
import {
  areWordsTried,
  type FoldPlan,
  type OutOfFold,
  planFolds,
  scoreFolds,
} from './out-of-fold.ts'
import { type PreparedFit, prepareFit } from './prepared-fit.ts'
import type { ThresholdStep } from './threshold-step.ts'
import { type FoldPrediction, fitThresholds } from './thresholds.ts'
import { shifted, trafficShift } from './traffic-shift.ts'
import type { TrainingRows } from './training-rows.ts'

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

/** Every part on all rows, with the weights that were chosen out of fold. */
const fitParts = (
  { set, space, inSpace, descriptions: centroids, head, words }: PreparedFit,
  { chosen, prior }: { chosen: ChosenParts; prior: DescriptionPrior | null },
): ClassifierParts => {
  const { routes, labels, counts } = set
  return {
    ...{ routes, counts, space, ...chosen },
    descriptions: centroids && prior && { centroids, prior },
    head: head(),
    centroids: routeCentroids(inSpace, labels, routes.length),
    words: chosen.blend.words > 0 ? words() : null,
  }
}

interface HeldOut {
  unseen: OutOfFold
  chosen: Chosen
  predicted: FoldPrediction[]
}

const holdOut = ({ set }: PreparedFit, unseen: OutOfFold, novelShare: number): HeldOut => {
  const chosen = choose(set, unseen, novelShare)
  return { unseen, chosen, predicted: foldPredictions(chosen) }
}

const trainedBeside = ({ origins }: TrainingRows): Pick<FitReport, 'copies' | 'anchors'> => ({
  copies: indicesWhere(origins.length, (i) => origins[i] !== i && origins[i] !== -1).length,
  anchors: indicesWhere(origins.length, (i) => origins[i] === -1).length,
})

/** Fits every part, and shifts the calibration from exemplars to traffic. */
const fitForTraffic = (
  prepared: PreparedFit,
  { training, held }: { training: TrainingSet; held: HeldOut | null },
): { parts: ClassifierParts; shift: number } => {
  const chosen = held ? chosenParts(held.chosen) : unchosenParts(prepared.set)
  const parts = fitParts(prepared, { chosen, prior: held?.chosen.prior ?? null })
  const shift = held ? trafficShift(toModel(parts, {}), training) : 0
  const { calibration } = parts
  return {
    parts: { ...parts, calibration: { ...calibration, bias: calibration.bias + shift } },
    shift,
  }
}

/** A fit up to its folds, which may be scored anywhere. */
export interface StartedFit {
  /** Null where there are too few exemplars to hold any out. */
  folds: FoldPlan | null
  /** Fits ahead what `finish` needs of all rows, and that depends on no fold. */
  fitHeads(): void
  /** @param unseen what came of `folds`; null without any */
  finish(unseen: OutOfFold | null): FittedClassifier
}

const finishFit = (
  prepared: PreparedFit,
  { training, unseen }: { training: TrainingSet; unseen: OutOfFold | null },
  { novelShare, trustDescriptions, ...limits }: typeof FIT_DEFAULTS & Pick<FitOptions, 'stepFrom'>,
): FittedClassifier => {
  const { risk, delta, abstentionCost, stepFrom } = limits
  const { set } = prepared
  const held = unseen && holdOut(prepared, unseen, novelShare)
  const predicted = held?.predicted ?? []
  const { parts, shift } = fitForTraffic(prepared, { training, held })
  const inTraffic = predicted.map((one) => ({ ...one, confidence: shifted(one.confidence, shift) }))
  const { thresholds, basis } = fitThresholds(inTraffic, {
    ...{ routes: set.routes, none: set.none },
    level: { risk, delta },
    ...{ abstentionCost, stepFrom },
  })
  const wordsAlone = held && withWordsFirst(held.chosen, set, { predicted: inTraffic, thresholds })
  return {
    model: toModel({ ...parts, wordsAlone }, thresholds),
    unseen: held ? unseenRows(set, held.chosen, predicted) : [],
    report: {
      ...measures(predicted),
      ...{ risk, delta, abstentionCost, novelShare, trustDescriptions },
      ...trainedBeside(set),
      trafficShift: shift,
      besideHash: besideHash(training),
      thresholds: basis,
      flipRate: held && flipRate(set, held.unseen, held.chosen),
    },
  }
}

/** Begins a fit whose folds are scored by the caller. Rows of `training` begin with unit-length embeddings. */
export const startFit = (training: TrainingSet, options: FitOptions): StartedFit => {
  const { seed, ...chosen } = { ...FIT_DEFAULTS, stepFrom: undefined, ...options }
  const { trustDescriptions } = chosen
  const prepared = prepareFit(training, { seed, trustDescriptions })
  const { set, inSpace, exemplars, descriptions, grams } = prepared
  return {
    folds: exemplars < LEAST_ROWS ? null : planFolds(set, inSpace, { seed, descriptions, grams }),
    fitHeads: () => {
      prepared.head()
      prepared.words()
    },
    finish: (unseen) => finishFit(prepared, { training, unseen }, chosen),
  }
}

/** Fits the classifier of a generation. Rows of `training` begin with unit-length embeddings. */
export const fitClassifier = (training: TrainingSet, options: FitOptions): FittedClassifier => {
  const { folds, finish } = startFit(training, options)
  return finish(folds && scoreFolds(folds))
}
