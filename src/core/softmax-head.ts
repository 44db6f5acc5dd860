// Multinomial logistic regression on the embedding and the lexical vector together: the part of the classifier that
// learns which differences between routes matter.
import type { SparseVector } from './lexical.ts'
import { type Random, shuffled } from './random.ts'

/** Input of one row: the centred embedding (`dimensions` numbers) and its sparse vector. */
export interface HeadInput {
  dense: Float32Array
  sparse: SparseVector
}

/** Weights are stored by input, `routeCount` numbers each, so that a sparse input touches one run of memory. */
export interface HeadWeights {
  routeCount: number
  /** `dimensions × routeCount` */
  dense: Float32Array
  /** `columns × routeCount` */
  sparse: Float32Array
  /** `routeCount` */
  bias: Float32Array
}

export interface HeadOptions {
  epochs: number
  learningRate: number
  random: Random
}

/** Bias and what the sparse input adds to each route's logit. */
export const sparseLogits = (input: SparseVector, weights: HeadWeights): Float32Array => {
  const { routeCount: n, sparse } = weights
  const logits = Float32Array.from(weights.bias)
  const { columns, values } = input
  for (let i = 0; i < columns.length; i++) {
    const x = values[i] as number
    const at = (columns[i] as number) * n
    for (let r = 0; r < n; r++) logits[r] = (logits[r] as number) + x * (sparse[at + r] as number)
  }
  return logits
}

/** Adds what the dense input says to `logits`. */
export const addDenseLogits = (
  logits: Float32Array,
  input: Float32Array,
  weights: HeadWeights,
): void => {
  const { routeCount: n, dense } = weights
  for (let i = 0; i < input.length; i++) {
    const x = input[i] as number
    const at = i * n
    for (let r = 0; r < n; r++) logits[r] = (logits[r] as number) + x * (dense[at + r] as number)
  }
}

/** One logit per route. */
export const headLogits = (input: HeadInput, weights: HeadWeights): Float32Array => {
  const logits = sparseLogits(input.sparse, weights)
  addDenseLogits(logits, input.dense, weights)
  return logits
}

/** Turns logits into softmax minus the one-hot label: the gradient of the log loss. */
const toGradient = (logits: Float32Array, label: number): void => {
  let max = Number.NEGATIVE_INFINITY
  for (const logit of logits) max = Math.max(max, logit)
  let sum = 0
  for (let r = 0; r < logits.length; r++) {
    logits[r] = Math.exp((logits[r] as number) - max)
    sum += logits[r] as number
  }
  for (let r = 0; r < logits.length; r++) logits[r] = (logits[r] as number) / sum
  logits[label] = (logits[label] as number) - 1
}

/** Adds `scale · gradient` to the run of weights at `at`. */
const addScaled = (
  weights: Float32Array,
  at: number,
  scale: number,
  gradient: Float32Array,
): void => {
  for (let r = 0; r < gradient.length; r++) {
    weights[at + r] = (weights[at + r] as number) + scale * (gradient[r] as number)
  }
}

/** Weight of a route's mean embedding at the start: a nearest-centroid classifier, which saves half of the epochs. */
const START_SHARPNESS = 8

const startAtMeans = (
  inputs: readonly HeadInput[],
  labels: ArrayLike<number>,
  weights: HeadWeights,
): void => {
  const { routeCount, dense: start } = weights
  const counts = new Float64Array(routeCount)
  inputs.forEach((_, row) => {
    counts[labels[row] as number] = (counts[labels[row] as number] as number) + 1
  })
  inputs.forEach(({ dense }, row) => {
    const label = labels[row] as number
    const share = START_SHARPNESS / (counts[label] as number)
    dense.forEach((x, i) => {
      const at = i * routeCount + label
      start[at] = (start[at] as number) + share * x
    })
  })
}

/** One step against the gradient of one row's log loss. Plain loops: this is where a rebuild spends its time. */
const descend = (weights: HeadWeights, input: HeadInput, label: number, rate: number): void => {
  const { routeCount } = weights
  const { columns, values } = input.sparse
  const gradient = headLogits(input, weights)
  toGradient(gradient, label)
  for (let i = 0; i < input.dense.length; i++) {
    addScaled(weights.dense, i * routeCount, -rate * (input.dense[i] as number), gradient)
  }
  for (let i = 0; i < columns.length; i++) {
    const at = (columns[i] as number) * routeCount
    addScaled(weights.sparse, at, -rate * (values[i] as number), gradient)
  }
  addScaled(weights.bias, 0, -rate, gradient)
}

/** Stochastic gradient descent, the rate falling linearly to zero; the order of rows comes from `random`. */
export const fitHead = (
  inputs: readonly HeadInput[],
  labels: ArrayLike<number>,
  shape: { dimensions: number; columns: number; routeCount: number },
  options: HeadOptions,
): HeadWeights => {
  const { dimensions, columns, routeCount } = shape
  const weights: HeadWeights = {
    routeCount,
    dense: new Float32Array(dimensions * routeCount),
    sparse: new Float32Array(columns * routeCount),
    bias: new Float32Array(routeCount),
  }
  startAtMeans(inputs, labels, weights)
  const rows = [...inputs.keys()]
  const total = options.epochs * rows.length
  let done = 0
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    for (const row of shuffled(rows, options.random)) {
      const rate = options.learningRate * (1 - done++ / total)
      descend(weights, inputs[row] as HeadInput, labels[row] as number, rate)
    }
  }
  return weights
}
