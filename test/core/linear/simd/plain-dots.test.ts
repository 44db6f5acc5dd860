import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowOf } from '../../../../src/core/linear/matrix.ts'
import { createPlainDots } from '../../../../src/core/linear/simd/plain-dots.ts'
import { dot } from '../../../../src/core/linear/vectors.ts'
import { randomMatrix } from '../../../support/matrices.ts'

describe('plain inner products', () => {
  it('are those of a loop in double precision, to the last bit', () => {
    const shape = fc.record({
      rows: fc.integer({ min: 0, max: 11 }),
      cols: fc.integer({ min: 1, max: 70 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
    })
    fc.assert(
      fc.property(shape, ({ rows, cols, seed }) => {
        const matrix = randomMatrix(rows, cols, seed)
        const dots = createPlainDots(cols)
        for (const query of [0, 1].map((i) => rowOf(randomMatrix(2, cols, seed + 1), i))) {
          const kept = Array.from({ length: rows }, (_, row) => rowOf(matrix, row))
          const expected = kept.map((values) => dot(values, 0, query, 0, cols))
          expect(dots.of(query, kept)).toEqual(expected)
        }
      }),
      { numRuns: 80 },
    )
  })
})
