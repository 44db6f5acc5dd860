import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowOf } from '../../../../src/core/linear/matrix.ts'
import { createRowStore } from '../../../../src/core/linear/simd/row-store.ts'
import { dot } from '../../../../src/core/linear/vectors.ts'
import { randomMatrix } from '../../../support/matrices.ts'

describe('a row store', () => {
  it('gives the inner product of every row, whatever the shape, for one query after another', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 0, max: 1e6 }),
        (rows, cols, seed) => {
          const kept = randomMatrix(rows, cols, seed)
          const store = createRowStore(kept)
          const queries = randomMatrix(3, cols, seed + 1)
          for (let q = 0; q < 3; q++) {
            const query = rowOf(queries, q)
            const dots = store.dots(query)
            expect(dots).toHaveLength(rows)
            for (let i = 0; i < rows; i++) {
              expect(dots[i]).toBeCloseTo(dot(query, 0, kept.data, i * cols, cols), 5)
            }
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('keeps a copy of its rows, and its answers are the caller’s', () => {
    const kept = randomMatrix(5, 6, 1)
    const query = rowOf(randomMatrix(1, 6, 2), 0)
    const store = createRowStore(kept)
    const before = store.dots(query)
    const copy = before.slice()
    kept.data.fill(0)
    store.dots(rowOf(randomMatrix(1, 6, 3), 0))
    expect(before).toEqual(copy)
    expect(store.dots(query)).toEqual(copy)
  })

  it('answers nothing without rows', () => {
    expect(createRowStore(randomMatrix(0, 6, 1)).dots(new Float32Array(6))).toHaveLength(0)
  })
})
