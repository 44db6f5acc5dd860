import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowOf } from '../../../../src/core/linear/matrix.ts'
import { createByteRows } from '../../../../src/core/linear/simd/byte-rows.ts'
import { dot } from '../../../../src/core/linear/vectors.ts'
import { randomMatrix } from '../../../support/matrices.ts'

describe('rows as bytes', () => {
  it('order two rows as their inner products do wherever they lie further apart than twice the slack', () => {
    const shape = fc.record({
      rows: fc.integer({ min: 1, max: 30 }),
      cols: fc.integer({ min: 1, max: 70 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
    })
    fc.assert(
      fc.property(shape, ({ rows, cols, seed }) => {
        const kept = randomMatrix(rows, cols, seed)
        const bytes = createByteRows(kept, cols)
        const queries = randomMatrix(3, cols, seed + 1)
        for (let q = 0; q < 3; q++) {
          const query = rowOf(queries, q)
          const { values, slack } = bytes.dots(query)
          expect(values).toHaveLength(rows)
          const truths = Array.from(values, (_, i) => dot(query, 0, kept.data, i * cols, cols))
          for (let i = 1; i < rows; i++) {
            const apart = (values[i] as number) - (values[i - 1] as number)
            if (Math.abs(apart) <= 2 * slack) continue
            const truly = (truths[i] as number) - (truths[i - 1] as number)
            expect(Math.sign(apart)).toBe(Math.sign(truly))
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('are right to within the slack, in steps of the rows times steps of the query', () => {
    const kept = randomMatrix(40, 384, 5)
    const query = rowOf(randomMatrix(1, 384, 6), 0)
    const { values, slack } = createByteRows(kept, 384).dots(query)
    const largest = (numbers: Float32Array): number => Math.max(...numbers.map(Math.abs))
    const unit = (largest(kept.data) / 127) * (largest(query) / 2047)
    for (let i = 0; i < 40; i++) {
      const steps = dot(query, 0, kept.data, i * 384, 384) / unit
      expect(Math.abs(steps - (values[i] as number))).toBeLessThanOrEqual(slack)
    }
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
