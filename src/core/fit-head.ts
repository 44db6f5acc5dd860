// Fits the softmax head on all exemplars, and once more on parts of them for scores of rows that the head has not seen.
import type { TrainingSet } from './classifier.ts'
import type { RouteSums } from './leave-one-out.ts'
import { columnLookup, fitVocabulary, lexicalVector, type Vocabulary } from './lexical.ts'
import { type Random, shuffled } from './random.ts'
import { fitHead, type HeadInput, type HeadWeights, headLogits } from './softmax-head.ts'

/** Length of the word and of the character block beside the unit embedding; 1 to 2 measured alike, 0 far worse. */
export const LEXICAL_SCALE = 1.5
const LEARNING_RATE = 0.5
const EPOCHS = 10
const MIN_EPOCHS = 4
/** Rows × routes that one fit may visit: keeps 15,000 exemplars of 150 routes within a minute. */
const VISITS = 9_000_000
const FOLDS = 4

export interface FittedHead {
  weights: HeadWeights
  vocabulary: Vocabulary
  mean: Float32Array
  /** Logits of rows by a head that was not fitted on them; rows without an entry were not asked. */
  unseenLogits: Map<number, Float32Array>
}

const meanRow = ({ vectors, dimensions, routes }: TrainingSet): Float32Array => {
  const mean = new Float32Array(dimensions)
  for (let i = 0; i < vectors.length; i++) {
    mean[i % dimensions] = (mean[i % dimensions] as number) + (vectors[i] as number)
  }
  return mean.map((sum) => sum / Math.max(1, routes.length))
}

const toInputs = (set: TrainingSet, mean: Float32Array, vocabulary: Vocabulary): HeadInput[] => {
  const lookup = columnLookup(vocabulary)
  return set.texts.map((text, row) => ({
    dense: set.vectors
      .slice(row * set.dimensions, (row + 1) * set.dimensions)
      .map((value, i) => value - (mean[i] as number)),
    sparse: lexicalVector(text, vocabulary, lookup, LEXICAL_SCALE),
  }))
}

/** Deterministic under `random`. */
export const fitSoftmaxHead = (set: TrainingSet, sums: RouteSums, random: Random): FittedHead => {
  const mean = meanRow(set)
  const vocabulary = fitVocabulary(set.texts)
  const inputs = toInputs(set, mean, vocabulary)
  const { labels, routes } = sums
  const shape = {
    dimensions: set.dimensions,
    columns: vocabulary.hashes.length,
    routeCount: routes.length,
  }
  const visits = inputs.length * Math.max(1, routes.length)
  const epochs = Math.max(MIN_EPOCHS, Math.min(EPOCHS, Math.round(VISITS / Math.max(1, visits))))
  const options = { epochs, learningRate: LEARNING_RATE, penalty: 0, random }
  const fitOn = (rows: number[]): HeadWeights =>
    fitHead(
      rows.map((row) => inputs[row] as HeadInput),
      rows.map((row) => labels[row] as number),
      shape,
      options,
    )
  const order = shuffled([...inputs.keys()], random)
  // A large set has enough rows in one fold to choose three numbers on.
  const foldsAsked = visits > VISITS / EPOCHS ? 1 : FOLDS
  const unseenLogits = new Map<number, Float32Array>()
  for (let fold = 0; fold < foldsAsked && inputs.length >= FOLDS; fold++) {
    const weights = fitOn(order.filter((_, i) => i % FOLDS !== fold))
    for (const row of order.filter((_, i) => i % FOLDS === fold)) {
      unseenLogits.set(row, headLogits(inputs[row] as HeadInput, weights))
    }
  }
  return { weights: fitOn(order), vocabulary, mean, unseenLogits }
}
