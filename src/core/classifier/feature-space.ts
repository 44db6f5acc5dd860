// Encoder rows → the feature space of the classifier: centred on the exemplars, both parts of a row scaled to the same spread,
// unit length. Centring makes distances between prompts of one domain meaningful.
import { type Matrix, rowOf } from '../linear/matrix.ts'
import { type CentredSums, createCentredRows } from '../linear/simd/centred-sums.ts'

/** Fitted on the exemplars. */
export interface FeatureSpace {
  /** Mean of the routes' means, so that a large route does not pull it. */
  readonly mean: Float32Array
  /** The sentence embedding is `[0, split)`, the side features are the rest. */
  readonly split: number
  /** Factors of the two parts; the second is unused where there are no side features. */
  readonly scale: readonly [number, number]
}

const routeMean = (rows: Matrix, labels: Int32Array, routes: number): Float32Array => {
  const counts = new Float64Array(routes)
  for (const label of labels) counts[label] = (counts[label] as number) + 1
  const present = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)
  const mean = new Float32Array(rows.cols)
  for (let i = 0; i < rows.rows; i++) {
    const weight = 1 / ((counts[labels[i] as number] as number) * present)
    const row = rowOf(rows, i)
    for (let k = 0; k < mean.length; k++) {
      mean[k] = (mean[k] as number) + weight * (row[k] as number)
    }
  }
  return mean
}

/** @param labels route number of each row, below `routes` */
export const fitFeatureSpace = (
  rows: Matrix,
  labels: Int32Array,
  shape: { routes: number; split: number },
): FeatureSpace => {
  const mean = routeMean(rows, labels, shape.routes)
  const spread = [0, 0]
  for (let i = 0; i < rows.rows; i++) {
    const row = rowOf(rows, i)
    for (let k = 0; k < row.length; k++) {
      const part = k < shape.split ? 0 : 1
      spread[part] = (spread[part] as number) + ((row[k] as number) - (mean[k] as number)) ** 2
    }
  }
  const [first = 1, second = 1] = spread.map((sum) => 1 / (Math.sqrt(sum / rows.rows) || 1))
  return { mean, split: shape.split, scale: [first, second] }
}

/** Transforms one row into the space; writes it to `out` from `at` on. */
export const toSpace = (
  space: FeatureSpace,
  row: Float32Array,
  out: Float32Array,
  at = 0,
): Float32Array => {
  const { mean, split, scale } = space
  let square = 0
  for (let k = 0; k < mean.length; k++) {
    const value = ((row[k] as number) - (mean[k] as number)) * scale[k < split ? 0 : 1]
    out[at + k] = value
    square += value * value
  }
  const factor = 1 / (Math.sqrt(square) || 1)
  for (let k = at; k < at + mean.length; k++) out[k] = (out[k] as number) * factor
  return out
}

/** Sums over one part of a row: its inner product with the prompt, and its square, both centred. */
const partSums = (
  mean: Float32Array,
  prompt: Float32Array,
  row: Float32Array,
  [from, to]: readonly [number, number],
): CentredSums => {
  // Two accumulators of each kind: with one, every addition waits for the last, which takes three times as long.
  let [sumA, sumB, squareA, squareB] = [0, 0, 0, 0]
  let k = from
  for (; k + 1 < to; k += 2) {
    const a = (row[k] as number) - (mean[k] as number)
    const b = (row[k + 1] as number) - (mean[k + 1] as number)
    sumA += a * (prompt[k] as number)
    sumB += b * (prompt[k + 1] as number)
    squareA += a * a
    squareB += b * b
  }
  if (k < to) {
    const a = (row[k] as number) - (mean[k] as number)
    sumA += a * (prompt[k] as number)
    squareA += a * a
  }
  return { product: sumA + sumB, square: squareA + squareB }
}

const cosineOf = ({ scale }: FeatureSpace, first: CentredSums, second: CentredSums): number => {
  const length = Math.sqrt(first.square * scale[0] ** 2 + second.square * scale[1] ** 2)
  return length > 0 ? (first.product * scale[0] + second.product * scale[1]) / length : 0
}

/** Cosine in the feature space between a prompt that is already transformed (unit length) and a row that is not. */
export const featureSimilarityOf = (
  space: FeatureSpace,
  prompt: Float32Array,
  row: Float32Array,
): number => {
  const { mean, split } = space
  const first = partSums(mean, prompt, row, [0, split])
  return cosineOf(space, first, partSums(mean, prompt, row, [split, mean.length]))
}

/** The same cosine for each of several rows: the same numbers, in SIMD where both parts of a row are even. */
export const createFeatureSimilarities = (
  space: FeatureSpace,
): ((prompt: Float32Array, rows: readonly Float32Array[]) => number[]) => {
  const { mean, split } = space
  if (split % 2 !== 0 || mean.length % 2 !== 0) {
    return (prompt, rows) => rows.map((row) => featureSimilarityOf(space, prompt, row))
  }
  const centred = createCentredRows(mean, split)
  return (prompt, rows) =>
    centred.sums(prompt, rows).map(([first, second]) => cosineOf(space, first, second))
}

/** Transforms every row into the space. @param data filled with the result */
export const rowsToSpace = (
  space: FeatureSpace,
  rows: Matrix,
  data: Float32Array = new Float32Array(rows.data.length),
): Matrix => {
  for (let i = 0; i < rows.rows; i++) toSpace(space, rowOf(rows, i), data, i * rows.cols)
  return { rows: rows.rows, cols: rows.cols, data }
}
