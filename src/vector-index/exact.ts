// Exact search: every row is compared. It serves where the graph does not pay, is measured too inaccurate, or is damaged,
// and it is HNSW's oracle in tests. Rows are compared in SIMD first, and what may be a hit once more in double precision,
// so that similarities are those of plain arithmetic to the last bit.
import { createRowStore } from '../core/linear/simd/row-store.ts'
import { dot, type RowShape } from '../core/linear/vectors.ts'
import { assertNeighbourCount, assertVector, rowCount } from './guard.ts'
import type { VectorHit, VectorIndex } from './vector-index.ts'

/** Best first; of equals, the earlier exemplar, so that a decision comes out the same twice. */
export const byRank = (a: VectorHit, b: VectorHit): number =>
  b.similarity - a.similarity || a.position - b.position

/** Rounding can carry the cosine of two unit vectors a hair beyond ±1. */
export const clampCosine = (value: number): number => Math.max(-1, Math.min(1, value))

/** Restores the heap below `at`: the worst hit is at the root, so that it is the one to be replaced. */
const siftDown = (heap: VectorHit[], at: number): void => {
  const hit = heap[at] as VectorHit
  let hole = at
  for (;;) {
    let child = 2 * hole + 1
    if (child >= heap.length) break
    const right = child + 1
    if (right < heap.length && byRank(heap[right] as VectorHit, heap[child] as VectorHit) > 0) {
      child = right
    }
    if (byRank(heap[child] as VectorHit, hit) <= 0) break
    heap[hole] = heap[child] as VectorHit
    hole = child
  }
  heap[hole] = hit
}

const heapify = (heap: VectorHit[]): void => {
  for (let at = (heap.length >> 1) - 1; at >= 0; at--) siftDown(heap, at)
}

/**
 * A float32 sum of some hundred products differs from its double by less than a tenth of this, so a row whose float32
 * similarity is this far below the worst hit is none.
 */
const SLACK = 1e-4

/**
 * An index that scans the embeddings of `vectors`, n rows of `dimensions` numbers. The rows' values are the caller's to
 * check (`assertRow`): a generation's are checked as it is loaded, in slices.
 * @throws RouterError `invalid_vector` where `vectors` is no whole number of rows.
 */
export const createExactIndex = (options: RowShape & { vectors: Float32Array }): VectorIndex => {
  const { vectors, dimensions, searchDimensions } = options
  const size = rowCount(vectors, dimensions)
  const matrix = { rows: size, cols: dimensions, data: vectors }
  const { data, width, dots } = createRowStore(matrix, searchDimensions)
  return {
    kind: 'exact',
    dimensions,
    searchDimensions,
    size,
    search: (row, k) => {
      const unit = assertVector(row, options)
      const wanted = Math.min(assertNeighbourCount(k), size)
      if (wanted === 0) return []
      const heap: VectorHit[] = []
      const rough = dots(unit.subarray(0, searchDimensions))
      for (let position = 0; position < size; position++) {
        const isFull = position >= wanted
        const least = isFull ? (heap[0] as VectorHit).similarity - SLACK : Number.NEGATIVE_INFINITY
        if ((rough[position] as number) < least) continue
        const similarity = clampCosine(dot(data, position * width, unit, 0, searchDimensions))
        if (!isFull) {
          heap.push({ position, similarity })
          if (position === wanted - 1) heapify(heap)
        } else if (similarity > (heap[0] as VectorHit).similarity) {
          heap[0] = { position, similarity }
          siftDown(heap, 0)
        }
      }
      return heap.sort(byRank)
    },
  }
}
