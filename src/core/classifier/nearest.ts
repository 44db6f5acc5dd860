// The nearest exemplars of held-out rows by exact search, for a rebuild, which has no HNSW graph yet.

import { type Matrix, rowOf } from '../linear/matrix.ts'
import { productByBlocks } from '../linear/simd/product.ts'
import { dot } from '../linear/vectors.ts'
import type { NearExemplar } from './evidence.ts'

/** Neighbours that a decision fetches, and that a rebuild therefore fits with. */
export const NEIGHBOURS = 32

/** Columns of the `k` largest values of a row, best first. */
export const largestColumns = (values: Float32Array, k: number): number[] => {
  const best: number[] = []
  for (let j = 0; j < values.length; j++) {
    const value = values[j] as number
    if (best.length === k && value <= (values[best[k - 1] as number] as number)) continue
    let at = best.length
    while (at > 0 && (values[best[at - 1] as number] as number) < value) at--
    best.splice(at, 0, j)
    if (best.length > k) best.pop()
  }
  return best
}

export interface Exemplars {
  /** Sentence embeddings, unit length. */
  embeddings: Matrix
  /** The same rows in the feature space. */
  rows: Matrix
  labels: Int32Array
  /** Route of each label. */
  routes: readonly string[]
}

/** The nearest of `exemplars` for each row of `queries`. */
export const nearestExemplars = (
  queries: Pick<Exemplars, 'embeddings' | 'rows'>,
  exemplars: Exemplars,
  k = NEIGHBOURS,
): NearExemplar[][] => {
  const found: NearExemplar[][] = []
  const { cols } = exemplars.rows
  productByBlocks(queries.embeddings, exemplars.embeddings, (from, similarities) => {
    for (let i = 0; i < similarities.rows; i++) {
      const values = rowOf(similarities, i)
      found[from + i] = largestColumns(values, k).map((j) => {
        const label = exemplars.labels[j] as number
        return {
          label,
          route: exemplars.routes[label] as string,
          similarity: values[j] as number,
          featureSimilarity: dot(
            queries.rows.data,
            (from + i) * cols,
            exemplars.rows.data,
            j * cols,
            cols,
          ),
        }
      })
    }
  })
  return found
}
