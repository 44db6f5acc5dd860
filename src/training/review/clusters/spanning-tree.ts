// The spanning tree by mutual reachability that density clusters are read off: HDBSCAN* (Campello, Moulavi and Sander 2013),
// with cosines in place of distances, so that larger is nearer.
import { type Matrix, rowOf } from '../../../core/linear/matrix.ts'
import { productByBlocks } from '../../../core/linear/simd/product.ts'
import { createRowStore } from '../../../core/linear/simd/row-store.ts'

export interface TreeEdge {
  a: number
  b: number
  /** Least of the cosine of both and of their cosines with their k-th neighbours. */
  similarity: number
}

/** The k largest of `values` without the one at `self`, largest first. */
const largestBut = (values: Float32Array, self: number, k: number): number[] => {
  const best: number[] = []
  for (let j = 0; j < values.length; j++) {
    const value = values[j] as number
    if (j === self || (best.length === k && value <= (best[k - 1] as number))) continue
    let at = best.length
    while (at > 0 && (best[at - 1] as number) < value) at--
    best.splice(at, 0, value)
    if (best.length > k) best.pop()
  }
  return best
}

/** Cosines of each row with its k nearest others, largest first; fewer where there are fewer rows. */
export const nearestSimilarities = (rows: Matrix, k: number): number[][] => {
  const found: number[][] = []
  productByBlocks(rows, rows, (from, values) => {
    for (let i = 0; i < values.rows; i++) {
      found[from + i] = largestBut(rowOf(values, i), from + i, k)
    }
  })
  return found
}

/**
 * Prim's tree over all rows, the nearest pairs first. Every pair is compared: n² cosines, but only n numbers are kept.
 * @param rows unit length @param k neighbour that a row's density is taken at
 */
export const reachabilityTree = (rows: Matrix, k: number): TreeEdge[] => {
  const n = rows.rows
  if (n < 2) return []
  const core = nearestSimilarities(rows, k).map((near) => near.at(-1) ?? -1)
  const store = createRowStore(rows)
  const best = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)
  const from = new Int32Array(n)
  const isIn = new Uint8Array(n)
  const edges: TreeEdge[] = []
  let current = 0
  isIn[0] = 1
  for (let step = 1; step < n; step++) {
    const cosines = store.dots(rowOf(rows, current))
    let next = -1
    for (let j = 0; j < n; j++) {
      if (isIn[j]) continue
      const reach = Math.min(core[current] as number, core[j] as number, cosines[j] as number)
      if (reach > (best[j] as number)) {
        best[j] = reach
        from[j] = current
      }
      if (next < 0 || (best[j] as number) > (best[next] as number)) next = j
    }
    isIn[next] = 1
    edges.push({ a: from[next] as number, b: next, similarity: best[next] as number })
    current = next
  }
  return edges.sort((x, y) => y.similarity - x.similarity)
}
