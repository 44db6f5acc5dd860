// Search by codes: estimates of all inner products, at half a byte for four numbers of a row, name candidates, and those are compared
// as exact search compares all rows. What is found has the similarity of exact search to the last bit; a neighbour is missed where
// its estimate is too low.

import { createByteRows } from '../core/linear/simd/byte-rows.ts'
import { createCodeRows } from '../core/linear/simd/code-rows.ts'
import type { ProductCodes } from '../core/linear/simd/product-codes.ts'
import type { RowShape } from '../core/linear/vectors.ts'
import { bestOf, createExactHits } from './exact.ts'
import { assertSearch, rowCount } from './guard.ts'
import type { VectorIndex } from './vector-index.ts'

/** At least as many candidates for each neighbour that is asked for. */
const LEAST_A_NEIGHBOUR = 4

export interface CodedIndexOptions extends RowShape {
  vectors: Float32Array
  /** Of the same rows. */
  codes: ProductCodes
  /** Rows that are compared; more where many neighbours are asked for. */
  candidates: number
}

/** An index of any number of candidates: those of one are those of the others, but for how many are compared. */
export const createCodedIndexes = (
  options: Omit<CodedIndexOptions, 'candidates'>,
): ((candidates: number) => VectorIndex) => {
  const { vectors, dimensions, searchDimensions, codes } = options
  const size = rowCount(vectors, dimensions)
  const coded = createCodeRows(codes)
  const rough = createByteRows({ rows: size, cols: dimensions, data: vectors }, searchDimensions)
  const hitsOf = createExactHits(options)
  const shape = { dimensions, searchDimensions, size }
  return (candidates) => ({
    kind: 'codes',
    ...shape,
    search: (row, k) => {
      const { unit, wanted } = assertSearch({ row, k }, shape)
      if (wanted === 0) return []
      const embedding = unit.subarray(0, searchDimensions)
      const chosen = coded.nearest(embedding, Math.max(candidates, LEAST_A_NEIGHBOUR * wanted))
      const dots = rough.dotsOf(embedding, chosen)
      return bestOf(dots, wanted, (places) =>
        hitsOf(
          unit,
          places.map((at) => chosen[at] as number),
        ),
      )
    },
  })
}

export const createCodedIndex = (options: CodedIndexOptions): VectorIndex =>
  createCodedIndexes(options)(options.candidates)
