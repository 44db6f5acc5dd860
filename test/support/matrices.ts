// Small matrices for tests, and the plain loop that every product is held against.
import type { Matrix } from '../../src/core/linear/matrix.ts'
import { createRandom } from '../../src/core/statistics/random.ts'

export const matrix = (
  rows: readonly (readonly number[])[],
  cols = rows[0]?.length ?? 0,
): Matrix => ({
  rows: rows.length,
  cols,
  data: Float32Array.from(rows.flat()),
})

export const rowsOf = ({ rows, cols, data }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => [...data.subarray(i * cols, (i + 1) * cols)])

/** Numbers between −1 and 1. */
export const randomMatrix = (rows: number, cols: number, seed: number): Matrix => {
  const random = createRandom(seed)
  return { rows, cols, data: Float32Array.from({ length: rows * cols }, () => 2 * random() - 1) }
}

export const unitRows = (m: Matrix): Matrix =>
  matrix(
    rowsOf(m).map((row) => {
      const length = Math.hypot(...row) || 1
      return row.map((value) => value / length)
    }),
    m.cols,
  )

/** rows · targetsᵀ in float64. */
export const naiveProduct = (rows: Matrix, targets: Matrix): number[][] =>
  rowsOf(rows).map((row) =>
    rowsOf(targets).map((target) =>
      row.reduce((sum, value, k) => sum + value * (target[k] as number), 0),
    ),
  )

/** Largest absolute difference. */
export const largestGap = (got: Matrix, expected: readonly (readonly number[])[]): number => {
  const flat = expected.flat()
  if (flat.length !== got.data.length) return Number.POSITIVE_INFINITY
  return flat.reduce((gap, value, i) => Math.max(gap, Math.abs(value - (got.data[i] as number))), 0)
}
