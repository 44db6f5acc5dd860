// Checks rows before a build: a row of another length, or of a norm far from 1, would distort its route's centroid.
import type { RowShape } from '../../core/linear/vectors.ts'

/** Rounding errors of float32 over thousands of numbers are far smaller. */
const NORM_TOLERANCE = 1e-3

/** True for `dimensions` finite numbers, the first `searchDimensions` of them of length 1. */
export const isUnitVector = (vector: Float32Array, shape: RowShape): boolean => {
  if (vector.length !== shape.dimensions || !vector.every(Number.isFinite)) return false
  let sum = 0
  for (let i = 0; i < shape.searchDimensions; i++) sum += (vector[i] as number) ** 2
  return Math.abs(Math.sqrt(sum) - 1) <= NORM_TOLERANCE
}
