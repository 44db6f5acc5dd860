// Rows → neighbours by their embeddings. hnsw.ts and exact.ts offer it; one case table in test/ runs against both.

import type { RowShape } from '../core/linear/vectors.ts'

export interface VectorHit {
  /** Position of the exemplar in its generation, 0-based and dense. */
  position: number
  /** Cosine similarity, −1 to 1. */
  similarity: number
}

export interface VectorIndex extends Readonly<RowShape> {
  readonly kind: 'hnsw' | 'exact' | 'codes'
  readonly size: number
  /**
   * The `k` nearest by cosine, best first; fewer where the index holds fewer. `row` is a whole row of `dimensions`
   * numbers, of which the first `searchDimensions` are compared.
   * @throws RouterError `invalid_vector` for a wrong length, a non-finite value or a zero vector.
   */
  search(row: Float32Array, k: number): VectorHit[]
}
