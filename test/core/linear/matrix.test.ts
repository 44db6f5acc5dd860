import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addScaled,
  gather,
  indicesWhere,
  logSoftmax,
  rowOf,
  stackRows,
  takeRows,
  topTwo,
} from '../../../src/core/linear/matrix.ts'
import { matrix, randomMatrix, rowsOf } from '../../support/matrices.ts'

describe('picking rows', () => {
  const m = matrix([
    [1, 2],
    [3, 4],
    [5, 6],
  ])

  it('views one row, and copies chosen ones in the order asked for', () => {
    expect([...rowOf(m, 1)]).toEqual([3, 4])
    const taken = takeRows(m, [2, 0, 2])
    expect(rowsOf(taken)).toEqual([
      [5, 6],
      [1, 2],
      [5, 6],
    ])
    taken.data.fill(0)
    expect([...rowOf(m, 2)]).toEqual([5, 6])
    expect(takeRows(m, [])).toEqual({ rows: 0, cols: 2, data: new Float32Array(0) })
  })

  it('stacks parts, empty ones included, whichever knows the width', () => {
    const nothing = { rows: 0, cols: 0, data: new Float32Array(0) }
    expect(stackRows([nothing, m, m])).toMatchObject({ rows: 6, cols: 2 })
    expect(rowsOf(stackRows([takeRows(m, [2]), takeRows(m, []), takeRows(m, [0])]))).toEqual([
      [5, 6],
      [1, 2],
    ])
    expect(stackRows([takeRows(m, [])])).toMatchObject({ rows: 0, cols: 2 })
    expect(stackRows([])).toMatchObject({ rows: 0, cols: 0 })
  })

  it('finds positions and gathers values at them', () => {
    expect([...indicesWhere(6, (i) => i % 3 === 0)]).toEqual([0, 3])
    expect([...gather(Int32Array.of(7, 8, 9), [2, 0])]).toEqual([9, 7])
  })
})

describe('log-softmax', () => {
  it('is a distribution in every row, also of huge logits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -2000, max: 2000 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(0.1, 1, 7),
        (logits, scale) => {
          const log = logSoftmax(matrix([logits, logits.map(() => 3)]), scale)
          for (const row of rowsOf(log)) {
            const sum = row.reduce((total, value) => total + Math.exp(value), 0)
            expect(sum).toBeCloseTo(1, 4)
          }
        },
      ),
    )
  })

  it('is log(p) of the softmax', () => {
    const [row = []] = rowsOf(logSoftmax(matrix([[0, Math.log(3)]])))
    expect(row.map((value) => Math.exp(value))).toEqual([
      expect.closeTo(0.25, 6),
      expect.closeTo(0.75, 6),
    ])
  })
})

describe('adding matrices', () => {
  it('weighs the second and leaves both as they were', () => {
    const [a, b] = [matrix([[1, 2]]), matrix([[10, 20]])]
    expect(rowsOf(addScaled(a, b, 0.5))).toEqual([[6, 12]])
    expect([rowsOf(a), rowsOf(b)]).toEqual([[[1, 2]], [[10, 20]]])
  })
})

describe('the two largest of a row', () => {
  it('are those that sorting finds, the first of equals first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 7 }),
        (values) => {
          const sorted = [...values.keys()].sort(
            (a, b) => (values[b] as number) - (values[a] as number) || a - b,
          )
          const [first, second] = topTwo(matrix([values.map(() => 9), values]), 1)
          expect(first).toBe(sorted[0])
          expect(values[second]).toBe(values[sorted[1] ?? -1])
          expect(second).not.toBe(first)
        },
      ),
    )
  })

  it('are none where there is no such column', () => {
    expect(topTwo(randomMatrix(1, 0, 1), 0)).toEqual([-1, -1])
    expect(topTwo(matrix([[4]]), 0)).toEqual([0, -1])
  })
})
