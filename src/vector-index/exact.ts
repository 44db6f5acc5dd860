// Exact search: every row is compared. It serves where the graph does not pay, is measured too inaccurate, or is damaged,
// and it is HNSW's oracle in tests. Rows are compared as bytes in SIMD first, and what may be a hit once more in double
// precision, so that hits and similarities are those of plain arithmetic to the last bit.
import { createByteRows, type RoughDots } from '../core/linear/simd/byte-rows.ts'
import { createPlainDots } from '../core/linear/simd/plain-dots.ts'
import type { RowShape } from '../core/linear/vectors.ts'
import { assertSearch, rowCount } from './guard.ts'
import type { VectorHit, VectorIndex } from './vector-index.ts'

/** Best first; ties go to the earlier exemplar, so that decisions are reproducible. */
export const byRank = (a: VectorHit, b: VectorHit): number =>
  b.similarity - a.similarity || a.position - b.position

/** Rounding can make the cosine of two unit vectors slightly larger than ±1. */
export const clampCosine = (value: number): number => Math.max(-1, Math.min(1, value))

/** The value that `wanted` of `values` reach; the smallest where there are no more. */
const leastOfBest = (values: Float32Array, wanted: number): number => {
  const best = new Float32Array(wanted).fill(Number.NEGATIVE_INFINITY)
  let least = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (value <= least) continue
    let at = 1
    for (; at < wanted && (best[at] as number) < value; at++) best[at - 1] = best[at] as number
    best[at - 1] = value
    least = best[0] as number
  }
  return least
}

/** Positions of the values in [from, below). */
const positionsIn = (values: Float32Array, from: number, below: number): number[] => {
  const found: number[] = []
  for (let position = 0; position < values.length; position++) {
    const value = values[position] as number
    if (value >= from && value < below) found.push(position)
  }
  return found
}

/**
 * The `wanted` best of compared rows, best first. Those that are best by rough inner products are compared exactly; then, of the
 * others, those that the error of a rough one allows to be as near as the last of them.
 */
export const bestOf = (
  { values, unit, slack }: RoughDots,
  wanted: number,
  hitsOf: (places: number[]) => VectorHit[],
): VectorHit[] => {
  const least = leastOfBest(values, wanted)
  const hits = hitsOf(positionsIn(values, least, Number.POSITIVE_INFINITY))
  const nearEnough = hits.reduce((last, hit) => Math.min(last, hit.similarity), 1)
  const others = positionsIn(values, (nearEnough - slack) / unit, least)
  return [...hits, ...hitsOf(others)].sort(byRank).slice(0, wanted)
}

/** The hits of some rows, by plain arithmetic. */
export const createExactHits = (options: RowShape & { vectors: Float32Array }) => {
  const { vectors, dimensions, searchDimensions } = options
  const dots = createPlainDots(searchDimensions)
  const embeddingOf = (position: number): Float32Array =>
    vectors.subarray(position * dimensions, position * dimensions + searchDimensions)
  return (unit: Float32Array, positions: number[]): VectorHit[] => {
    const similarities = dots.of(unit, positions.map(embeddingOf))
    return positions.map((position, i) => ({
      position,
      similarity: clampCosine(similarities[i] as number),
    }))
  }
}

/**
 * An index that scans the embeddings of `vectors`, n rows of `dimensions` numbers. The rows' values are the caller's to
 * check (`assertRow`): a generation's are checked as it is loaded, in slices.
 * @throws RouterError `invalid_vector` where `vectors` is no whole number of rows.
 */
export const createExactIndex = (options: RowShape & { vectors: Float32Array }): VectorIndex => {
  const { vectors, dimensions, searchDimensions } = options
  const size = rowCount(vectors, dimensions)
  const rough = createByteRows({ rows: size, cols: dimensions, data: vectors }, searchDimensions)
  const hitsOf = createExactHits(options)
  const shape = { dimensions, searchDimensions, size }
  return {
    kind: 'exact',
    ...shape,
    search: (row, k) => {
      const { unit, wanted } = assertSearch({ row, k }, shape)
      if (wanted === 0) return []
      const dots = rough.dots(unit.subarray(0, searchDimensions))
      return bestOf(dots, wanted, (positions) => hitsOf(unit, positions))
    },
  }
}
