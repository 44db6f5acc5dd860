import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowOf } from '../../../../src/core/linear/matrix.ts'
import { createByteRows } from '../../../../src/core/linear/simd/byte-rows.ts'
import { dot } from '../../../../src/core/linear/vectors.ts'
import { randomMatrix } from '../../../support/matrices.ts'

describe('rows as bytes', () => {
  it('give every inner product to within the slack, whatever the lengths of the rows', () => {
    const shape = fc.record({
      rows: fc.integer({ min: 1, max: 30 }),
      cols: fc.integer({ min: 1, max: 70 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
    })
    fc.assert(
      fc.property(shape, ({ rows, cols, seed }) => {
        const kept = randomMatrix(rows, cols, seed)
        for (let at = 0; at < kept.data.length; at++) {
          kept.data[at] = (kept.data[at] as number) * (1 + (Math.floor(at / cols) % 7))
        }
        const bytes = createByteRows(kept, cols)
        const queries = randomMatrix(3, cols, seed + 1)
        for (let q = 0; q < 3; q++) {
          const query = rowOf(queries, q)
          const { values, unit, slack } = bytes.dots(query)
          expect(values).toHaveLength(rows)
          values.forEach((value, i) => {
            const truth = dot(query, 0, kept.data, i * cols, cols)
            expect(Math.abs(truth - value * unit)).toBeLessThanOrEqual(slack)
          })
        }
      }),
      { numRuns: 60 },
    )
  })

  it('are wrong by less than a fiftieth of the lengths at the width of an embedding', () => {
    const kept = randomMatrix(40, 384, 5)
    const query = rowOf(randomMatrix(1, 384, 6), 0)
    const { slack } = createByteRows(kept, 384).dots(query)
    const lengthOf = (row: Float32Array): number => Math.sqrt(dot(row, 0, row, 0, 384))
    const longest = Math.max(...Array.from({ length: 40 }, (_, i) => lengthOf(rowOf(kept, i))))
    expect(slack).toBeLessThan((longest * lengthOf(query)) / 50)
  })

  it('are compared the same, to the last bit, where only some are, in any order and more than once', () => {
    const kept = randomMatrix(23, 50, 8)
    const bytes = createByteRows(kept, 50)
    const query = rowOf(randomMatrix(1, 50, 9), 0)
    const all = [...bytes.dots(query).values]
    for (const rows of [[], [22], [5, 0, 5], [3, 9, 1, 22, 7], [...all.keys()].reverse()]) {
      const { values } = bytes.dotsOf(query, Int32Array.from(rows))
      expect([...values]).toEqual(rows.map((row) => all[row]))
    }
    expect([...bytes.dots(query).values]).toEqual(all)
  })

  it('stay within 32 bits where every product is as large as it can be', () => {
    const cols = 20_000
    const ones = { rows: 1, cols, data: new Float32Array(cols).fill(1) }
    const { values } = createByteRows(ones, cols).dots(ones.data)
    expect(values[0]).toBeGreaterThan(0)
  })

  it('read only the first numbers of each row where fewer are asked for', () => {
    const data = Float32Array.from([1, 0, 9, 0, 1, 9])
    const { values } = createByteRows({ rows: 2, cols: 3, data }, 2).dots(Float32Array.from([1, 0]))
    expect(values[0]).toBeGreaterThan(0)
    expect(values[1]).toBe(0)
  })

  it('are all alike where every number is zero, and none without rows', () => {
    const zeros = { rows: 3, cols: 5, data: new Float32Array(15) }
    expect([...createByteRows(zeros, 5).dots(new Float32Array(5)).values]).toEqual([0, 0, 0])
    const empty = { rows: 0, cols: 5, data: new Float32Array(0) }
    expect(createByteRows(empty, 5).dots(new Float32Array(5)).values).toHaveLength(0)
  })
})
