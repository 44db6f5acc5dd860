import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createArena,
  product,
  productByBlocks,
  roundUp,
} from '../../../../src/core/linear/simd/product.ts'
import { largestGap, matrix, naiveProduct, randomMatrix } from '../../../support/matrices.ts'

/** Of a sum of `depth` float32 products of numbers up to 1. */
const tolerance = (depth: number): number => 1e-6 * (1 + Math.sqrt(depth)) + 1e-7 * depth

const isRight = (rows: number, depth: number, targets: number, seed: number): void => {
  const a = randomMatrix(rows, depth, seed)
  const b = randomMatrix(targets, depth, seed + 1)
  const got = product(a, b)
  expect([got.rows, got.cols]).toEqual([rows, targets])
  expect(largestGap(got, naiveProduct(a, b))).toBeLessThan(tolerance(depth))
}

describe('product', () => {
  it('is that of a plain loop, whatever the shape', () => {
    const size = fc.integer({ min: 1, max: 40 })
    fc.assert(fc.property(size, size, size, fc.integer({ min: 0, max: 1e6 }), isRight), {
      numRuns: 40,
    })
  })

  it.each([
    ['one number', 1, 1, 1],
    ['no multiple of a tile', 5, 3, 9],
    ['whole tiles', 8, 4, 16],
    ['the depth of one panel', 4, 256, 8],
    ['one more than a panel', 4, 257, 8],
    ['several panels and a rest', 3, 700, 5],
    ['one row more than a block', 257, 6, 3],
    ['several blocks and a rest', 600, 5, 10],
    ['more rows than a block, deeper than a panel', 300, 300, 12],
  ])('is that of a plain loop for %s', (_what, rows, depth, targets) => {
    isRight(rows, depth, targets, rows + depth)
  })

  it.each([
    ['rows', 0, 5, 3],
    ['targets', 4, 5, 0],
  ])('is empty without %s', (_what, rows, depth, targets) => {
    const got = product(randomMatrix(rows, depth, 1), randomMatrix(targets, depth, 2))
    expect(got).toEqual({ rows, cols: targets, data: new Float32Array(0) })
  })

  it('is zero where rows hold no numbers', () => {
    expect([...product(randomMatrix(2, 0, 1), randomMatrix(3, 0, 2)).data]).toEqual(
      new Array(6).fill(0),
    )
  })

  it('does not let one row touch another', () => {
    const rows = matrix([[1], [Number.NaN], [2]])
    expect([...product(rows, matrix([[3]])).data]).toEqual([3, Number.NaN, 6])
  })

  it('comes block by block, in order, each with arrays of its own', () => {
    const rows = randomMatrix(520, 3, 1)
    const targets = randomMatrix(2, 3, 2)
    const blocks: { from: number; rows: number; data: Float32Array }[] = []
    productByBlocks(rows, targets, (from, values) => {
      blocks.push({ from, rows: values.rows, data: values.data })
    })
    expect(blocks.map(({ from, rows: n }) => [from, n])).toEqual([
      [0, 256],
      [256, 256],
      [512, 8],
    ])
    const joined = Float32Array.from(blocks.flatMap(({ data }) => [...data]))
    expect(joined).toEqual(product(rows, targets).data)
  })
})

describe('an arena', () => {
  it('hands out zeros that do not overlap', () => {
    const arena = createArena(100, 8)
    const parts = [arena.take(3), arena.take(33), arena.take(8)]
    for (const [i, part] of parts.entries()) part.fill(i + 1)
    expect(parts.map((part) => [...new Set(part)])).toEqual([[1], [2], [3]])
  })

  it('adds a product to what is there, also of a transpose', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 300 }),
        fc.boolean(),
        (tileRows, tileCols, k, isTransposed) => {
          const [m, n] = [4 * tileRows, 8 * tileCols]
          const arena = createArena(m * k + k * n + m * n + 96, n)
          const [a, b, c] = [arena.take(m * k), arena.take(k * n), arena.take(m * n)]
          a.set(randomMatrix(m, k, k).data)
          b.set(randomMatrix(k, n, k + 1).data)
          c.fill(0.5)
          const [aRow, aCol] = isTransposed ? [1, m] : [k, 1]
          arena.multiply({ m, n, k, a, aRow, aCol, b, c })
          const expected = Array.from({ length: m }, (_, i) =>
            Array.from({ length: n }, (_, j) => {
              let sum = 0.5
              for (let p = 0; p < k; p++) {
                sum += (a[i * aRow + p * aCol] as number) * (b[p * n + j] as number)
              }
              return sum
            }),
          )
          expect(largestGap({ rows: m, cols: n, data: c }, expected)).toBeLessThan(tolerance(k))
        },
      ),
      { numRuns: 25 },
    )
  })
})

describe('roundUp', () => {
  it('is the next multiple', () => {
    expect([0, 1, 4, 5].map((n) => roundUp(n, 4))).toEqual([0, 4, 4, 8])
  })
})
