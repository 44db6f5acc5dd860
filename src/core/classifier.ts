// What a trained classifier is: a plain value that a rebuild fits and a decision applies. Pure on both sides.
import type { Classification, Neighbour } from './types.ts'

/** What a rebuild gives: `vectors` holds `routes.length` rows of `dimensions` unit-length numbers. */
export interface TrainingSet {
  vectors: Float32Array
  dimensions: number
  /** Route of each row. */
  routes: string[]
  /** Text of each row; empty where it is not stored. */
  texts: string[]
}

/** One prompt as the classifier sees it. */
export interface ClassifierInput {
  text: string
  /** Unit vector. */
  embedding: Float32Array
  /** From the index, best first. */
  neighbours: Neighbour[]
  /** `readWords(text)` where it is known already. */
  wordLogits?: Float32Array
}

/** Of the parameters' meaning: a generation of another version is refused and built anew. */
export const CLASSIFIER_VERSION = 2

/** Fitted parameters, JSON-serialisable but for `arrays`, which are kept as raw float32. */
export interface ClassifierModel {
  version: number
  /** Sorted route names; scores are in this order. */
  routes: string[]
  dimensions: number
  /** Numbers that were fitted or chosen, by name. */
  parameters: Record<string, number>
  /** Least confidence per route for `threshold: auto`. */
  thresholds: Record<string, number>
  arrays: Record<string, Float32Array>
}

/** What the words of a prompt alone say: one logit per route. */
export type WordLogits = Float32Array

export interface Classifier {
  readonly model: ClassifierModel
  /** The part of `classify` that needs no embedding, to be done while that is made. */
  readWords(text: string): WordLogits
  classify(input: ClassifierInput): Classification
}
