// Coded rows: what the kernel chooses is what plain arithmetic on the codes puts first.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Matrix, rowOf } from '../../../../src/core/linear/matrix.ts'
import { createCodeRows } from '../../../../src/core/linear/simd/code-rows.ts'
import {
  codeOf,
  codeRows,
  type ProductCodes,
} from '../../../../src/core/linear/simd/product-codes.ts'
import { randomMatrix } from '../../../support/matrices.ts'

/** Inner products of one part of the query with its sixteen centroids. */
const productsOf = ({ codebook }: ProductCodes, query: Float32Array, part: number): number[] =>
  Array.from({ length: 16 }, (_, centroid) => {
    let sum = 0
    for (let i = 0; i < 4; i++) {
      const asked = query[part * 4 + i] ?? 0
      sum += (codebook[(part * 16 + centroid) * 4 + i] as number) * asked
    }
    return sum
  })

/** The query's inner product with what each code stands for, and how far rounding may move one. */
const plain = (codes: ProductCodes, query: Float32Array) => {
  const parts = codes.codebook.length / 64
  const products = Array.from({ length: parts }, (_, part) => productsOf(codes, query, part))
  const spans = products.map((some) => Math.max(...some) - Math.min(...some))
  const values = Array.from({ length: codes.rows }, (_, row) =>
    [...codeOf(codes, row)]
      .flatMap((byte, pair) => [
        products[2 * pair]?.[byte & 15] as number,
        products[2 * pair + 1]?.[byte >> 4] as number,
      ])
      .reduce((sum, value) => sum + value, 0),
  )
  return { values, slack: (parts * Math.max(...spans)) / 31 + 1e-6 }
}

const coded = (matrix: Matrix) => codeRows(matrix, { cols: matrix.cols, seed: 1 })

describe('coded rows', () => {
  const shape = fc.record({
    rows: fc.integer({ min: 1, max: 150 }),
    cols: fc.integer({ min: 1, max: 70 }),
    wanted: fc.integer({ min: 1, max: 160 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
  })

  it('give as many as are wanted, each once, and those that the codes put first', () => {
    fc.assert(
      fc.property(shape, ({ rows, cols, wanted, seed }) => {
        const codes = coded(randomMatrix(rows, cols, seed))
        const query = rowOf(randomMatrix(1, cols, seed + 1), 0)
        const found = [...createCodeRows(codes).nearest(query, wanted)]
        expect(new Set(found).size).toBe(found.length)
        expect(found.length).toBeGreaterThanOrEqual(Math.min(wanted, rows))
        expect(found.every((row) => row >= 0 && row < rows)).toBe(true)
        const { values, slack } = plain(codes, query)
        const least = values.toSorted((a, b) => b - a)[Math.min(wanted, rows) - 1] as number
        for (const row of found) {
          expect(values[row] as number).toBeGreaterThanOrEqual(least - slack)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('give few more than are wanted of many', () => {
    const codes = coded(randomMatrix(3_000, 48, 4))
    const found = createCodeRows(codes).nearest(rowOf(randomMatrix(1, 48, 5), 0), 40)
    expect(found.length).toBeGreaterThanOrEqual(40)
    expect(found.length).toBeLessThan(80)
  })

  it('are told apart by what the first numbers of a row say alone', () => {
    const matrix = randomMatrix(90, 40, 6)
    const longer = { rows: 90, cols: 44, data: new Float32Array(90 * 44).fill(9) }
    for (let row = 0; row < 90; row++) longer.data.set(rowOf(matrix, row), row * 44)
    expect(codeRows(longer, { cols: 40, seed: 1 })).toEqual(coded(matrix))
  })

  it('are none where there are no rows, and of one kind where all rows are zeros', () => {
    const empty = coded({ rows: 0, cols: 8, data: new Float32Array(0) })
    expect(createCodeRows(empty).nearest(new Float32Array(8).fill(1), 5)).toHaveLength(0)
    const zeros = coded({ rows: 40, cols: 8, data: new Float32Array(320) })
    expect(createCodeRows(zeros).nearest(new Float32Array(8).fill(1), 5)).toHaveLength(40)
  })
})
