// What a trained classifier is: a plain value that a rebuild fits and a decision applies. Pure on both sides.

import type { RowShape } from '../linear/vectors.ts'
import type { Classification, Neighbour } from '../types.ts'

/** What a rebuild gives: `vectors` holds `routes.length` whole rows, the embedding and what follows it. */
export interface TrainingSet extends RowShape {
  vectors: Float32Array
  /** Route of each row. */
  routes: string[]
  /** Text of each row; empty where it is not stored. */
  texts: string[]
  /** Perturbed copies of rows, trained on beside them but never neighbours. */
  copies?: PerturbedCopies
  /** What routes are called and described as: trained on like an exemplar, never a neighbour, never scored. */
  anchors?: Anchors
  /** Prompts that stand for the traffic: never trained on, they only tell how far confidence may be trusted on it. */
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
  /** Row that each was made of. */
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

/** Of the parameters' meaning: a generation of another version is refused and built anew. */
export const CLASSIFIER_VERSION = 3

/** Fitted parameters, JSON-serialisable but for `arrays`, which are kept as raw float32. */
export interface ClassifierModel {
  version: number
  /** Sorted route names; scores are in this order. */
  routes: string[]
  /** Numbers of a whole row. */
  dimensions: number
  /** Numbers that were fitted or chosen, by name. */
  parameters: Record<string, number>
  /** Least confidence per route for `threshold: auto`. */
  thresholds: Record<string, number>
  arrays: Record<string, Float32Array>
}

/** What the words of a prompt alone say: one logit per route; null where words do not count. */
export type WordLogits = Float32Array | null

/** What a classifier said of an exemplar that it had not been fitted on. */
export interface UnseenRow {
  /** Row of the training set. */
  row: number
  /** Route it would have been given. */
  route: string
  /** Calibrated confidence in that route. */
  confidence: number
  /** Probability of the row's own label. */
  ownProbability: number
}

/** How a threshold came about: on prompts of its own route, of all routes, or not at all. */
export interface ThresholdBasis {
  /** What decided: the price of turning prompts away, the bound on the route's rows or on those of all, the step, or nothing. */
  basis: 'price' | 'route' | 'all_routes' | 'step' | 'too_few'
  /** Unseen exemplars that it was chosen on, and wrong ones among them that it lets through. */
  rows: number
  errors: number
}

/** What a fit found out about itself, out of fold. */
export interface FitReport {
  rows: number
  accuracy: number
  /** Before `trafficShift`: of exemplars. */
  calibrationError: number
  /** Bound that thresholds keep to, and the chance that it fails. */
  risk: number
  delta: number
  /** What turning a prompt away costs where a wrong route costs 1; absent in builds of before it was asked. */
  abstentionCost?: number | undefined
  novelShare: number
  trustDescriptions: boolean
  /** Added to the log odds of every confidence, because traffic is easier than exemplars; absent in builds of before it was. */
  trafficShift?: number | undefined
  /** Perturbed copies and anchors that were trained on beside the exemplars. */
  copies: number
  anchors: number
  /** `besideHash` of those that were given. */
  besideHash: number
  thresholds: Record<string, ThresholdBasis>
  /** Share of perturbed copies that got another route than their exemplar; null without copies. */
  flipRate: { overall: number; byRoute: Record<string, number> } | null
}

export interface FittedClassifier {
  model: ClassifierModel
  unseen: UnseenRow[]
  report: FitReport
}

export interface Classifier {
  readonly model: ClassifierModel
  /** The part of `classify` that needs no embedding, to be done while that is made. */
  readWords(text: string): WordLogits
  classify(input: ClassifierInput): Classification
  /** By the words alone; null where these are not sure enough, or never agreed with all parts often enough. */
  classifyWords(words: WordLogits): Classification | null
}
