// Clusters settle against the routes there are: each prompt goes to the nearest centroid, of a cluster or of a route, and
// what a route is nearer to leaves the cluster. Routes' centroids stay where they are; three rounds are enough.
import { type Matrix, rowOf, stackRows } from '../../../core/linear/matrix.ts'
import { productByBlocks } from '../../../core/linear/simd/product.ts'
import { normaliseRow } from '../../../core/linear/vectors.ts'

export interface ClaimOptions {
  /** How much nearer than to any route a prompt must be to its cluster's centroid, in cosine. */
  lead: number
  /** Least cosine to its cluster's centroid. */
  floor: number
  /** A cluster that keeps fewer is dropped. */
  leastRows: number
  rounds: number
  /** Whether a row may belong to a new kind at all. */
  isOpen: (row: number) => boolean
}

/** Unit-length mean of some rows. */
export const centroidOf = (rows: Matrix, members: readonly number[]): Matrix => {
  const data = new Float32Array(rows.cols)
  for (const member of members) {
    const row = rowOf(rows, member)
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + (row[i] as number)
  }
  normaliseRow(data, 0, data.length)
  return { rows: 1, cols: rows.cols, data }
}

/** Column of the largest value from `from` up to `to`, −1 where there is none. */
const largest = (values: Float32Array, from: number, to: number): number => {
  let best = -1
  for (let j = from; j < to; j++) {
    if (best < 0 || (values[j] as number) > (values[best] as number)) best = j
  }
  return best
}

const oneRound = (
  rows: Matrix,
  clusters: readonly number[][],
  routes: Matrix,
  { lead, floor, isOpen }: ClaimOptions,
): number[][] => {
  const centroids = stackRows([...clusters.map((members) => centroidOf(rows, members)), routes])
  const claimed: number[][] = clusters.map(() => [])
  productByBlocks(rows, centroids, (from, values) => {
    for (let i = 0; i < values.rows; i++) {
      if (!isOpen(from + i)) continue
      const cosines = rowOf(values, i)
      const own = largest(cosines, 0, clusters.length)
      const route = largest(cosines, clusters.length, cosines.length)
      const cosine = cosines[own] as number
      const rival = route < 0 ? -1 : (cosines[route] as number)
      if (cosine >= floor && cosine > rival + lead) claimed[own]?.push(from + i)
    }
  })
  return claimed
}

/**
 * Clusters after they have gained and lost rows, in their order, without those that fell apart.
 * @param rows of all prompts, unit length @param routes unit-length centroid of each route
 */
export const claimRows = (
  rows: Matrix,
  clusters: readonly number[][],
  routes: Matrix,
  options: ClaimOptions,
): number[][] => {
  let current: number[][] = [...clusters]
  for (let round = 0; round < options.rounds && current.length > 0; round++) {
    current = oneRound(rows, current, routes, options).filter(
      (members) => members.length >= options.leastRows,
    )
  }
  return current
}
