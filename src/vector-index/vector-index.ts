// Vectors → neighbours. hnsw.ts and exact.ts offer it; one case table in test/ runs against both.

export interface VectorHit {
  /** Position of the exemplar in its generation, 0-based and dense. */
  position: number
  /** Cosine similarity, −1 to 1. */
  similarity: number
}

export interface VectorIndex {
  readonly kind: 'hnsw' | 'exact'
  readonly dimensions: number
  readonly size: number
  /**
   * The `k` nearest by cosine, best first; fewer where the index holds fewer.
   * @throws RouterError `invalid_vector` for a wrong length, a non-finite value or a zero vector.
   */
  search(query: Float32Array, k: number): VectorHit[]
}
