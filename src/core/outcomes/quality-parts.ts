// The parts of a quality estimate: the mean of the prompt's predicted label (`kind`), a ridge regression on its whole row, and the
// scores of similar prompts. Each estimates how much better a model is on the prompt than on average.
import { type DenseHead, denseLogits, fitDenseHead } from '../classifier/dense-head.ts'
import {
  gather,
  indicesWhere,
  logSoftmax,
  type Matrix,
  stackRows,
  takeCols,
  takeRows,
  transposed,
} from '../linear/matrix.ts'
import { product } from '../linear/simd/product.ts'
import { type Nearby, nearbyScores } from './nearby-scores.ts'
import { fitOutcomeSpace, type OutcomeSpace, rowsToOutcomeSpace } from './outcome-space.ts'
import { centred, columnMeans, knownOf } from './outcome-table.ts'
import { createRidge } from './ridge.ts'

/** Names of the parts, in the order of their weights. */
export const PARTS = ['kind', 'ridge', 'near'] as const
export type PartName = (typeof PARTS)[number]

/**
 * Penalties of the ridge regressions. Differences between models are hard to predict (2 to 5 % of their variance), costs are not
 * (half of it). The penalty that fits the scores themselves best, 3 to 10, is worse than no router on both public sets.
 */
const QUALITY_STRENGTH = 30
const COST_STRENGTH = 5
/** Pseudo-count: each label's mean is shrunk as if it had this many more average prompts. */
const KIND_PSEUDO_COUNT = 4

export interface FittedParts {
  readonly space: OutcomeSpace
  readonly nearby: Nearby
  /** Null where all prompts have one label. `deviations` of scores: models × labels. */
  readonly kinds: { head: DenseHead; deviations: Matrix } | null
  /** Models × features. */
  readonly quality: Matrix
  /** Models × features, for the logarithm of the cost. */
  readonly cost: Matrix
  /** Means of the scores, and of the logarithms of costs. */
  readonly means: { quality: Float64Array; cost: Float64Array }
}

export interface PartsInput {
  /** From `outcomeRows`. */
  rows: Matrix
  /** Length of the sentence embedding at the beginning of a row. */
  split: number
  /** Label number of each row. */
  kinds: Int32Array
  scores: Matrix
  logCosts: Matrix
  seed: number
}

const countOf = (kinds: Int32Array): number =>
  kinds.reduce((most, kind) => Math.max(most, kind + 1), 0)

/** Mean deviations of each label, shrunk towards 0: models × labels. */
const kindDeviations = (
  { deviations, known }: Nearby,
  kinds: Int32Array,
  count: number,
): Matrix => {
  const { rows, cols } = deviations
  const sums = new Float32Array(cols * count)
  const seen = new Float32Array(cols * count).fill(KIND_PSEUDO_COUNT)
  for (let i = 0; i < rows; i++) {
    for (let m = 0; m < cols; m++) {
      const at = m * count + (kinds[i] as number)
      sums[at] = (sums[at] as number) + (deviations.data[i * cols + m] as number)
      seen[at] = (seen[at] as number) + (known.data[i * cols + m] as number)
    }
  }
  return { rows: cols, cols: count, data: sums.map((sum, at) => sum / (seen[at] as number)) }
}

const fitKinds = (
  { kinds, seed }: PartsInput,
  nearby: Nearby,
  features: Matrix,
): FittedParts['kinds'] => {
  if (new Set(kinds).size < 2) return null
  const count = countOf(kinds)
  return {
    head: fitDenseHead(features, kinds, count, seed),
    deviations: kindDeviations(nearby, kinds, count),
  }
}

export const fitParts = (input: PartsInput): FittedParts => {
  const { rows, split, kinds, scores, logCosts } = input
  const means = { quality: columnMeans(scores), cost: columnMeans(logCosts) }
  const space = fitOutcomeSpace(rows, { of: kinds, count: countOf(kinds) }, split)
  const features = rowsToOutcomeSpace(space, rows)
  const nearby: Nearby = {
    embeddings: takeCols(rows, 0, split),
    deviations: centred(scores, means.quality),
    known: knownOf(scores),
  }
  const costs = centred(logCosts, means.cost)
  const ridge = createRidge(features, beside(nearby.deviations, costs))
  const m = scores.cols
  return {
    ...{ space, nearby, means },
    kinds: fitKinds(input, nearby, features),
    quality: takeRows(
      ridge(QUALITY_STRENGTH),
      indicesWhere(2 * m, (i) => i < m),
    ),
    cost: takeRows(
      ridge(COST_STRENGTH),
      indicesWhere(2 * m, (i) => i >= m),
    ),
  }
}

/** Two matrices with the same number of rows, side by side. */
const beside = (a: Matrix, b: Matrix): Matrix =>
  transposed(stackRows([transposed(a), transposed(b)]))

/** Only these rows of the input. */
export const takeInput = (input: PartsInput, chosen: Int32Array): PartsInput => ({
  ...input,
  rows: takeRows(input.rows, chosen),
  kinds: gather(input.kinds, chosen),
  scores: takeRows(input.scores, chosen),
  logCosts: takeRows(input.logCosts, chosen),
})

const kindEstimate = (kinds: NonNullable<FittedParts['kinds']>, features: Matrix): Matrix => {
  const shares = logSoftmax(denseLogits(kinds.head, features))
  return product({ ...shares, data: shares.data.map(Math.exp) }, kinds.deviations)
}

export interface PartEstimates extends Record<PartName, Matrix> {
  /** Prompts × models: effective number of known prompts behind `near`. */
  readonly evidence: Matrix
  /** Prompts × 1: how like the prompt is to known ones. */
  readonly nearSimilarity: Matrix
  /** Prompts × models: expected logarithm of the cost. */
  readonly logCost: Matrix
}

/** @returns prompts × models for each part: how much better a model is there than on average */
export const estimateParts = (fitted: FittedParts, rows: Matrix): PartEstimates => {
  const { space, nearby, kinds, means } = fitted
  const features = rowsToOutcomeSpace(space, rows)
  const near = nearbyScores(nearby, takeCols(rows, 0, nearby.embeddings.cols))
  const ridge = product(features, fitted.quality)
  const cost = product(features, fitted.cost)
  return {
    ...{
      ridge,
      near: near.deviations,
      evidence: near.evidence,
      nearSimilarity: near.nearSimilarity,
    },
    kind: kinds
      ? kindEstimate(kinds, features)
      : { ...ridge, data: new Float32Array(ridge.data.length) },
    logCost: {
      ...cost,
      data: cost.data.map((value, at) => value + (means.cost[at % cost.cols] as number)),
    },
  }
}
