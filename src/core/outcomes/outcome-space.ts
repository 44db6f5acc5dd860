// Rows of prompts → the feature space of the outcome regressions: the encoder's part as for the classifier, and the counts of the
// text, standardised and with less weight.
import { type FeatureSpace, fitFeatureSpace, toSpace } from '../classifier/feature-space.ts'
import { type Matrix, rowOf, takeCols } from '../linear/matrix.ts'
import { TEXT_COUNTS } from './outcome-row.ts'
import { columnMeans } from './outcome-table.ts'

export interface OutcomeSpace {
  readonly encoder: FeatureSpace
  /** Mean of each count, and the factor of its deviation. */
  readonly means: Float32Array
  readonly factors: Float32Array
}

/** Length of the counts' part beside the encoder's, which has length 1. */
const COUNTS_LENGTH = 0.5
/** Deviations of counts are clipped to this many standard deviations. */
const FURTHEST = 4

/** @param rows of `outcomeRows` @param kinds number of each row's kind, below `count` */
export const fitOutcomeSpace = (
  rows: Matrix,
  kinds: { of: Int32Array; count: number },
  split: number,
): OutcomeSpace => {
  const dimensions = rows.cols - TEXT_COUNTS
  const counts = takeCols(rows, dimensions, rows.cols)
  const means = columnMeans(counts)
  const squares = columnMeans({ ...counts, data: counts.data.map((value) => value * value) })
  const factors = squares.map((square, k) => {
    const deviation = Math.sqrt(Math.max(0, square - (means[k] as number) ** 2))
    return deviation < 1e-6 ? 0 : COUNTS_LENGTH / deviation / Math.sqrt(TEXT_COUNTS)
  })
  const encoder = takeCols(rows, 0, dimensions)
  return {
    encoder: fitFeatureSpace(encoder, kinds.of, { routes: kinds.count, split }),
    means: Float32Array.from(means),
    factors: Float32Array.from(factors),
  }
}

/** Every row in the space. */
export const rowsToOutcomeSpace = (space: OutcomeSpace, rows: Matrix): Matrix => {
  const data = new Float32Array(rows.data.length)
  const dimensions = rows.cols - TEXT_COUNTS
  const furthest = (FURTHEST * COUNTS_LENGTH) / Math.sqrt(TEXT_COUNTS)
  for (let i = 0; i < rows.rows; i++) {
    const row = rowOf(rows, i)
    const at = i * rows.cols
    toSpace(space.encoder, row, data, at)
    for (let k = 0; k < TEXT_COUNTS; k++) {
      const value =
        ((row[dimensions + k] as number) - (space.means[k] as number)) *
        (space.factors[k] as number)
      data[at + dimensions + k] = Math.max(-furthest, Math.min(furthest, value))
    }
  }
  return { ...rows, data }
}
