// The parts of an estimate of quality, each by itself: what the kind of a prompt says, a ridge regression on its whole
// row, and its neighbours. All are fitted on some rows and asked about others.
import { type DenseHead, fitDenseHead } from '../classifier/dense-head.ts'
import { type FeatureSpace, fitFeatureSpace, toSpace } from '../classifier/feature-space.ts'
import {
  gather,
  logSoftmax,
  type Matrix,
  rowOf,
  takeCols,
  takeRows,
  transposed,
} from '../linear/matrix.ts'
import { product } from '../linear/simd/product.ts'
import { nearestOf, neighbourScores } from './neighbour-scores.ts'
import { columnMeans } from './outcome-table.ts'
import { createRidge, type Ridge } from './ridge.ts'

/** Names of the parts, in the order of their weights. */
export const PARTS = ['kind', 'ridge', 'near', 'wide'] as const
export type PartName = (typeof PARTS)[number]

/** Two widths of neighbourhood: 5 are too few on every pool that was measured (Li 2025, arXiv 2505.12601). */
export const NEAR = { k: 40, temperature: 0.05, pseudoCount: 4 }
export const WIDE = { k: 160, temperature: 0.08, pseudoCount: 4 }
/** Prompts of a mean kind that each kind's mean scores are drawn to. */
const KIND_PSEUDO_COUNT = 4

export interface FittedParts {
  readonly space: FeatureSpace
  /** Known prompts' sentence embeddings, unit rows. */
  readonly embeddings: Matrix
  readonly scores: Matrix
  /** Null where all prompts are of one kind. */
  readonly kinds: { head: DenseHead; scores: Matrix } | null
  /** Targets × features, beside the mean of each target: the models' scores, then whatever else was given. */
  readonly weights: Matrix
  readonly means: Float64Array
}

export interface PartsInput {
  /** The encoder's rows. */
  rows: Matrix
  /** Numbers of the sentence embedding at the beginning of a row. */
  split: number
  /** Kind of each row, by number. */
  kinds: Int32Array
  scores: Matrix
  /** The scores, and further targets of the ridge regression behind them. */
  targets: Matrix
  strength: number
  seed: number
}

const inSpace = (space: FeatureSpace, rows: Matrix): Matrix => {
  const data = new Float32Array(rows.data.length)
  for (let i = 0; i < rows.rows; i++) toSpace(space, rowOf(rows, i), data, i * rows.cols)
  return { ...rows, data }
}

const centred = (targets: Matrix, means: Float64Array): Matrix => ({
  ...targets,
  data: targets.data.map((value, at) => value - (means[at % targets.cols] as number)),
})

/** Mean scores of each kind, drawn towards the mean of all. */
const kindScores = (scores: Matrix, kinds: Int32Array, count: number): Matrix => {
  const means = columnMeans(scores)
  const { cols } = scores
  const data = new Float32Array(count * cols)
  const seen = new Float32Array(count).fill(KIND_PSEUDO_COUNT)
  for (let at = 0; at < data.length; at++)
    data[at] = (means[at % cols] as number) * KIND_PSEUDO_COUNT
  for (let i = 0; i < scores.rows; i++) {
    const kind = kinds[i] as number
    seen[kind] = (seen[kind] as number) + 1
    for (let m = 0; m < cols; m++) {
      data[kind * cols + m] =
        (data[kind * cols + m] as number) + (scores.data[i * cols + m] as number)
    }
  }
  return {
    rows: count,
    cols,
    data: data.map((sum, at) => sum / (seen[Math.floor(at / cols)] as number)),
  }
}

const fitKinds = ({ scores, kinds, seed }: PartsInput, features: Matrix): FittedParts['kinds'] => {
  const count = kinds.reduce((most, kind) => Math.max(most, kind + 1), 0)
  if (new Set(kinds).size < 2) return null
  return {
    head: fitDenseHead(features, kinds, count, seed),
    scores: kindScores(scores, kinds, count),
  }
}

interface Regression {
  space: FeatureSpace
  features: Matrix
  means: Float64Array
  ridge: Ridge
}

const regressionOf = ({ rows, split, kinds, targets }: PartsInput): Regression => {
  const routes = kinds.reduce((most, kind) => Math.max(most, kind + 1), 0)
  const space = fitFeatureSpace(rows, kinds, { routes, split })
  const features = inSpace(space, rows)
  const means = columnMeans(targets)
  return { space, features, means, ridge: createRidge(features, centred(targets, means)) }
}

/** @param features prompts in the space */
const regressed = (means: Float64Array, weights: Matrix, features: Matrix): Matrix => {
  const values = product(features, weights)
  const data = values.data.map((value, at) => value + (means[at % values.cols] as number))
  return { ...values, data }
}

export const fitParts = (input: PartsInput): FittedParts => {
  const { space, features, means, ridge } = regressionOf(input)
  return {
    ...{ space, means, scores: input.scores, weights: ridge(input.strength) },
    embeddings: takeCols(input.rows, 0, input.split),
    kinds: fitKinds(input, features),
  }
}

/** The strength, of some, whose ridge regression guesses the scores of other rows best. */
export const bestStrength = (
  known: PartsInput,
  held: PartsInput,
  strengths: readonly number[],
): number => {
  const { space, means, ridge } = regressionOf(known)
  const features = inSpace(space, held.rows)
  const errors = strengths.map((strength) => {
    const guessed = regressed(means, ridge(strength), features)
    return squaredError(takeCols(guessed, 0, held.scores.cols), held.scores)
  })
  return strengths[errors.indexOf(Math.min(...errors))] as number
}

const squaredError = (guessed: Matrix, scores: Matrix): number =>
  guessed.data.reduce((sum, value, at) => sum + (value - (scores.data[at] as number)) ** 2, 0)

/** Only these rows of the input. */
export const takeInput = (input: PartsInput, chosen: Int32Array): PartsInput => ({
  ...input,
  rows: takeRows(input.rows, chosen),
  kinds: gather(input.kinds, chosen),
  scores: takeRows(input.scores, chosen),
  targets: takeRows(input.targets, chosen),
})

const kindEstimate = (kinds: NonNullable<FittedParts['kinds']>, features: Matrix): Matrix => {
  const logits = product(features, kinds.head.weights)
  const data = logits.data.map((value, at) => value + (kinds.head.bias[at % logits.cols] as number))
  const shares = logSoftmax({ ...logits, data })
  const likelihoods = { ...shares, data: shares.data.map(Math.exp) }
  return product(likelihoods, transposed(kinds.scores))
}

export interface PartEstimates extends Record<PartName, Matrix> {
  /** What the ridge regression says of the further targets. */
  further: Matrix
}

/** @returns prompts × models for each part */
export const estimateParts = (fitted: FittedParts, rows: Matrix): PartEstimates => {
  const { space, scores, weights, kinds } = fitted
  const features = inSpace(space, rows)
  const targets = regressed(fitted.means, weights, features)
  const ridge = takeCols(targets, 0, scores.cols)
  const k = Math.min(WIDE.k, scores.rows)
  const nearest = nearestOf(takeCols(rows, 0, fitted.embeddings.cols), fitted.embeddings, k)
  return {
    ridge,
    kind: kinds ? kindEstimate(kinds, features) : ridge,
    near: neighbourScores(nearest, scores, NEAR),
    wide: neighbourScores(nearest, scores, WIDE),
    further: takeCols(targets, scores.cols, targets.cols),
  }
}
