// Types of the classifier: its training set, the fitted model as a plain value, and the classifier that applies it.

import type { RowShape } from '../linear/vectors.ts'
import type { Classification, Neighbour } from '../types.ts'

/** Input of a fit: `vectors` holds `routes.length` whole rows, the embedding and the side features behind it. */
export interface TrainingSet extends RowShape {
  vectors: Float32Array
  /** Route of each row. */
  routes: string[]
  /** Text of each row; empty where it is not stored. */
  texts: string[]
  /** Perturbed copies of rows, trained on beside them but never neighbours. */
  copies?: PerturbedCopies
  /** Names and descriptions of routes: trained on like exemplars, never neighbours, never scored. */
  anchors?: Anchors
  /** Prompts that represent the traffic: never trained on, only used to calibrate confidence for it. */
  sample?: TrafficSample
}

export interface TrafficSample {
  vectors: Float32Array
  texts: string[]
  routes: string[]
}

export interface PerturbedCopies {
  vectors: Float32Array
  texts: string[]
  /** Row of the exemplar that each copy was made of. */
  origins: number[]
}

export interface Anchors {
  vectors: Float32Array
  texts: string[]
  routes: string[]
}

/** One prompt as the classifier sees it. */
export interface ClassifierInput {
  text: string
  /** Whole row of the encoder, which begins with the unit-length embedding. */
  embedding: Float32Array
  /** From the index, best first. */
  neighbours: Neighbour[]
  /** Whole row of each neighbour. */
  neighbourRows: Float32Array[]
  /** `readWords(text)` where it is known already. */
  wordLogits?: WordLogits
}

/** Version of the parameters' meaning: a generation of another version is refused and built anew. */
export const CLASSIFIER_VERSION = 3

/** Fitted parameters, JSON-serialisable but for `arrays`, which are kept as raw float32. */
export interface ClassifierModel {
  version: number
  /** Sorted route names; scores are in this order. */
  routes: string[]
  /** Length of a whole row. */
  dimensions: number
  /** Fitted or chosen numbers, by name. */
  parameters: Record<string, number>
  /** Least confidence per route for `threshold: auto`. */
  thresholds: Record<string, number>
  arrays: Record<string, Float32Array>
}

/** Output of the word head: one logit per route; null where the word head is not used. */
export type WordLogits = Float32Array | null

/** Out-of-fold prediction for an exemplar: by a classifier that was not fitted on it. */
export interface UnseenRow {
  /** Row of the training set. */
  row: number
  /** Predicted route. */
  route: string
  /** Calibrated confidence in that route. */
  confidence: number
  /** Probability of the row's own label. */
  ownProbability: number
}

/** How a threshold was chosen. */
export interface ThresholdBasis {
  /** What determined it: the cost of abstention, the risk bound over the route's rows or over all, the limited step, or no data. */
  basis: 'price' | 'route' | 'all_routes' | 'step' | 'too_few'
  /** Unseen exemplars that it was chosen on, and the wrong ones among them that it accepts. */
  rows: number
  errors: number
}

/** Measurements of a fit, out of fold. */
export interface FitReport {
  rows: number
  accuracy: number
  /** Expected calibration error on exemplars, before `trafficShift`. */
  calibrationError: number
  /** Bound on the wrong-route rate that thresholds keep to, and the probability that it fails. */
  risk: number
  delta: number
  /** Cost of abstaining relative to a wrong route, which costs 1; absent in builds made before it existed. */
  abstentionCost?: number | undefined
  novelShare: number
  trustDescriptions: boolean
  /** Added to the log odds of every confidence, because traffic is easier than exemplars; absent in builds made before it existed. */
  trafficShift?: number | undefined
  /** Number of perturbed copies and of anchors in the training set. */
  copies: number
  anchors: number
  /** `besideHash` of the training set. */
  besideHash: number
  thresholds: Record<string, ThresholdBasis>
  /** Share of perturbed copies with another route than their exemplar; null without copies. */
  flipRate: { overall: number; byRoute: Record<string, number> } | null
}

export interface FittedClassifier {
  model: ClassifierModel
  unseen: UnseenRow[]
  report: FitReport
}

export interface Classifier {
  readonly model: ClassifierModel
  /** The part of `classify` that needs no embedding; can run while the encoder works. */
  readWords(text: string): WordLogits
  classify(input: ClassifierInput): Classification
  /** Classification by the word head alone; null where it is not confident enough, or too rarely agrees with the full classifier. */
  classifyWords(words: WordLogits): Classification | null
  /** The same, only where the words decide as the full classifier does: confident enough to go before the encoder. */
  classifyWordsFirst(words: WordLogits): Classification | null
}
