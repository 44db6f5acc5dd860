// Fits the softmax head on all exemplars, and once more on parts of them for scores of rows that the head has not seen.
import type { TrainingSet } from './classifier.ts'
import type { RouteSums } from './leave-one-out.ts'
import { columnLookup, fitVocabulary, lexicalVector, type Vocabulary } from './lexical.ts'
import { type Random, shuffled } from './random.ts'
import { fitHead, type HeadInput, type HeadWeights, headLogits } from './softmax-head.ts'
import { softmax } from './vectors.ts'

/**
 * Lengths tried for the word and the character block beside the unit embedding. Routes that differ in what is asked want
 * a long one (our own: 88 % at 0.7, 92 % at 1.4), fine intents of one domain a short one (BANKING77 10-shot: 84 % at
 * 0.35, 76 % at 1.5), so it is chosen on exemplars that the head has not seen.
 */
const LEXICAL_SCALES = [0.35, 0.7, 1.4]
/** Exemplars that the length is chosen on. */
const MAX_CHOICE_ROWS = 4_000
const TEMPERATURES = [0.5, 0.7, 1, 1.4, 2]
const LEARNING_RATE = 1
const EPOCHS = 10
const MIN_EPOCHS = 4
/** Rows × routes that one fit may visit before it makes do with fewer epochs. */
const VISITS = 9_000_000
const FOLDS = 4

export interface FittedHead {
  weights: HeadWeights
  vocabulary: Vocabulary
  mean: Float32Array
  lexicalScale: number
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

type ToInput = (row: number, lexicalScale: number) => HeadInput

/** Centres and counts each row once; what differs between fits is the length of the lexical vector alone. */
const createToInput = (set: TrainingSet, mean: Float32Array, vocabulary: Vocabulary): ToInput => {
  const lookup = columnLookup(vocabulary)
  const { vectors, dimensions, texts } = set
  const rows = texts.map((text, row) => ({
    dense: vectors
      .slice(row * dimensions, (row + 1) * dimensions)
      .map((value, i) => value - (mean[i] as number)),
    sparse: lexicalVector(text, vocabulary, lookup, 1),
  }))
  return (row, lexicalScale) => {
    const { dense, sparse } = rows[row] as HeadInput
    const values = sparse.values.map((value) => value * lexicalScale)
    return { dense, sparse: { columns: sparse.columns, values } }
  }
}

const logLoss = (logits: Float32Array[], labels: number[], temperature: number): number =>
  logits.reduce((sum, row, i) => {
    const p = softmax(row, temperature)[labels[i] as number] as number
    return sum - Math.log(Math.max(p, 1e-12))
  }, 0)

const isInFold = (i: number, fold: number): boolean => i % FOLDS === fold

/** What one fit needs, so that fits on different rows differ in their rows only. */
interface Fitter {
  fit(rows: number[], lexicalScale: number): HeadWeights
  logits(rows: number[], weights: HeadWeights, lexicalScale: number): Float32Array[]
}

const createFitter = (
  toInput: ToInput,
  labels: Int32Array,
  shape: { dimensions: number; columns: number; routeCount: number },
  random: Random,
): Fitter => ({
  fit: (rows, lexicalScale) => {
    const visits = rows.length * Math.max(1, shape.routeCount)
    const epochs = Math.max(MIN_EPOCHS, Math.min(EPOCHS, Math.round(VISITS / Math.max(1, visits))))
    return fitHead(
      rows.map((row) => toInput(row, lexicalScale)),
      rows.map((row) => labels[row] as number),
      shape,
      { epochs, learningRate: LEARNING_RATE, random },
    )
  },
  logits: (rows, weights, lexicalScale) =>
    rows.map((row) => headLogits(toInput(row, lexicalScale), weights)),
})

/** The length whose logits lose least on unseen rows, each at its own best temperature. */
const chooseLexicalScale = (order: number[], labels: Int32Array, fitter: Fitter): number => {
  const rows = order.slice(0, MAX_CHOICE_ROWS)
  const seen = rows.filter((_, i) => !isInFold(i, 0))
  const unseen = rows.filter((_, i) => isInFold(i, 0))
  const truth = unseen.map((row) => labels[row] as number)
  const losses = LEXICAL_SCALES.map((scale) => {
    const logits = fitter.logits(unseen, fitter.fit(seen, scale), scale)
    return Math.min(...TEMPERATURES.map((temperature) => logLoss(logits, truth, temperature)))
  })
  return LEXICAL_SCALES[losses.indexOf(Math.min(...losses))] as number
}

/** Deterministic under `random`. */
export const fitSoftmaxHead = (set: TrainingSet, sums: RouteSums, random: Random): FittedHead => {
  const mean = meanRow(set)
  const vocabulary = fitVocabulary(set.texts)
  const { labels, routes } = sums
  const shape = {
    dimensions: set.dimensions,
    columns: vocabulary.hashes.length,
    routeCount: routes.length,
  }
  const fitter = createFitter(createToInput(set, mean, vocabulary), labels, shape, random)
  const order = shuffled([...set.texts.keys()], random)
  const lexicalScale = chooseLexicalScale(order, labels, fitter)
  // A large set has enough rows in one fold to choose four numbers on.
  const folds = order.length < FOLDS ? 0 : order.length > MAX_CHOICE_ROWS ? 1 : FOLDS
  const unseenLogits = new Map<number, Float32Array>()
  for (let fold = 0; fold < folds; fold++) {
    const weights = fitter.fit(
      order.filter((_, i) => !isInFold(i, fold)),
      lexicalScale,
    )
    const unseen = order.filter((_, i) => isInFold(i, fold))
    fitter.logits(unseen, weights, lexicalScale).forEach((logits, i) => {
      unseenLogits.set(unseen[i] as number, logits)
    })
  }
  return { weights: fitter.fit(order, lexicalScale), vocabulary, mean, lexicalScale, unseenLogits }
}
