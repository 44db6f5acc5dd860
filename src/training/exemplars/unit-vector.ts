// Which rows may enter a build: one of another length, or of a norm far from 1, would pull its route's centroid away.
import type { RowShape } from '../../core/linear/vectors.ts'

/** float32 rounding over thousands of numbers stays far below this. */
const NORM_TOLERANCE = 1e-3

/** True for `dimensions` finite numbers, the first `searchDimensions` of them of length 1. */
export const isUnitVector = (vector: Float32Array, shape: RowShape): boolean => {
  if (vector.length !== shape.dimensions || !vector.every(Number.isFinite)) return false
  let sum = 0
  for (let i = 0; i < shape.searchDimensions; i++) sum += (vector[i] as number) ** 2
  return Math.abs(Math.sqrt(sum) - 1) <= NORM_TOLERANCE
}
