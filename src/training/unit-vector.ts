// Which vectors may enter a build: one of another length, or of a norm far from 1, would pull its route's centroid away.

/** float32 rounding over thousands of numbers stays far below this. */
const NORM_TOLERANCE = 1e-3

/** True for `dimensions` finite numbers of length 1. */
export const isUnitVector = (vector: Float32Array, dimensions: number): boolean => {
  if (vector.length !== dimensions) return false
  let sum = 0
  for (const value of vector) sum += value * value
  // Comparing with NaN or Infinity is false, which is what is wanted.
  return Math.abs(Math.sqrt(sum) - 1) <= NORM_TOLERANCE
}
