// The directions in which rows differ most (principal components), by power iteration: a picture of the rows without a library,
// in time linear in their number.
import { createRandom } from '../statistics/random.ts'
import { dot, type RowShape } from './vectors.ts'

/** As many tell the main directions of any number of rows; a pass over 500 × 384 takes 1 ms. */
const MOST_ROWS = 500
/** The gap between the first eigenvalues of sentence embeddings is wide enough for a picture after this many. */
const ITERATIONS = 15

export interface PrincipalAxes {
  mean: Float32Array
  /** Unit length, orthogonal, the widest first; zeros where the rows do not differ further. */
  axes: Float32Array[]
}

interface Sample extends RowShape {
  rows: Float32Array
  /** Offsets of the rows that are looked at. */
  at: number[]
  mean: Float32Array
}

const sampleOf = (rows: Float32Array, shape: RowShape): Sample => {
  const { dimensions, searchDimensions } = shape
  const count = rows.length / dimensions
  const step = Math.max(1, Math.ceil(count / MOST_ROWS))
  const at: number[] = []
  for (let row = 0; row < count; row += step) at.push(row * dimensions)
  const mean = new Float32Array(searchDimensions)
  for (const from of at) {
    for (let i = 0; i < searchDimensions; i++) {
      mean[i] = (mean[i] as number) + (rows[from + i] as number) / at.length
    }
  }
  return { rows, at, mean, dimensions, searchDimensions }
}

/** Position of the row at `from` along `axis`, from the mean. */
const along = (rows: Float32Array, from: number, axis: Float32Array, mean: Float32Array): number =>
  dot(rows, from, axis, 0, axis.length) - dot(mean, 0, axis, 0, axis.length)

/** Adds `weight` times the row at `from` of `rows` to `sum`. */
const addRow = (sum: Float32Array, rows: Float32Array, from: number, weight: number): void => {
  for (let i = 0; i < sum.length; i++)
    sum[i] = (sum[i] as number) + weight * (rows[from + i] as number)
}

/** The covariance applied to `axis`, what lies along `others` taken out, at unit length; zeros where nothing is left. */
const improved = (sample: Sample, axis: Float32Array, others: readonly Float32Array[]) => {
  const next = new Float32Array(axis.length)
  let total = 0
  for (const from of sample.at) {
    const position = along(sample.rows, from, axis, sample.mean)
    total += position
    addRow(next, sample.rows, from, position)
  }
  addRow(next, sample.mean, 0, -total)
  for (const other of others) addRow(next, other, 0, -dot(next, 0, other, 0, next.length))
  const norm = Math.sqrt(dot(next, 0, next, 0, next.length))
  return next.map((value) => (norm > 1e-6 ? value / norm : 0))
}

export interface PrincipalAxesOptions {
  count: number
  seed: number
  /** Awaited between two passes over the rows (some milliseconds each), for whoever serves meanwhile. */
  pause?: () => Promise<void>
}

/**
 * The `count` main directions of the embeddings in `rows`; deterministic.
 * @param rows whole rows, of which the first `searchDimensions` are looked at
 */
export const principalAxes = async (
  rows: Float32Array,
  shape: RowShape,
  { count, seed, pause = async () => {} }: PrincipalAxesOptions,
): Promise<PrincipalAxes> => {
  const sample = sampleOf(rows, shape)
  const random = createRandom(seed)
  const axes: Float32Array[] = []
  for (let n = 0; n < count; n++) {
    let axis = Float32Array.from(sample.mean, () => random() - 0.5)
    for (let i = 0; i < ITERATIONS; i++) {
      axis = improved(sample, axis, axes)
      await pause()
    }
    axes.push(axis)
  }
  return { mean: sample.mean, axes }
}

/** Where each row from `first` to before `end` lies along the axes: `[row × axes]`. */
export const projected = (
  rows: Float32Array,
  { dimensions }: RowShape,
  { mean, axes }: PrincipalAxes,
  [first, end]: readonly [first: number, end: number],
): Float32Array => {
  const out = new Float32Array((end - first) * axes.length)
  for (let row = first; row < end; row++) {
    axes.forEach((axis, n) => {
      out[(row - first) * axes.length + n] = along(rows, row * dimensions, axis, mean)
    })
  }
  return out
}
