import { describe, expect, it } from 'vitest'
import {
  createSparseWeights,
  type SparseRow,
} from '../../../../src/core/linear/simd/sparse-rows.ts'
import { createRandom } from '../../../../src/core/statistics/random.ts'

const random = createRandom(3)
const COLUMNS = 40

const someRow = (length: number): SparseRow => ({
  columns: Array.from({ length }, () => Math.floor(random() * COLUMNS)),
  values: Array.from({ length }, () => random() - 0.5),
})

/** The same by definition, in double precision. */
const plain = (routes: number) => {
  const weights = new Float64Array(COLUMNS * routes)
  return {
    weights,
    logits: ({ columns, values }: SparseRow, start: number[]) =>
      start.map((number, r) =>
        Array.from(columns).reduce(
          (sum, column, i) =>
            sum + (values[i] as number) * (weights[column * routes + r] as number),
          number,
        ),
      ),
    step: ({ columns, values }: SparseRow, numbers: number[]) => {
      Array.from(columns).forEach((column, i) => {
        numbers.forEach((number, r) => {
          const at = column * routes + r
          weights[at] = (weights[at] as number) + (values[i] as number) * number
        })
      })
    },
  }
}

describe('sparse rows against weights', () => {
  it.each([1, 3, 8, 13, 17])(
    'gives logits and steps as plain arithmetic does, %i routes',
    (routes) => {
      const rows = [someRow(5), someRow(1), someRow(0), someRow(30)]
      const fast = createSparseWeights(rows, { columns: COLUMNS, routes })
      const slow = plain(routes)
      for (const row of [0, 3, 1, 2, 3, 0]) {
        const start = Array.from({ length: routes }, () => random() - 0.5)
        fast.numbers.fill(0)
        fast.numbers.set(start)
        fast.addLogits(row)
        const expected = slow.logits(rows[row] as SparseRow, start)
        expected.forEach((logit, r) => {
          expect(fast.numbers[r]).toBeCloseTo(logit, 5)
        })
        fast.step(row)
        slow.step(rows[row] as SparseRow, [...fast.numbers.subarray(0, routes)])
      }
      const weights = fast.weights()
      expect(weights).toHaveLength(COLUMNS * routes)
      weights.forEach((weight, at) => {
        expect(weight).toBeCloseTo(slow.weights[at] as number, 5)
      })
    },
  )

  it('touches no weight of a column that the row does not have', () => {
    const fast = createSparseWeights([{ columns: [2], values: [1] }], { columns: 4, routes: 2 })
    fast.numbers.set([5, 6])
    fast.step(0)
    expect([...fast.weights()]).toEqual([0, 0, 0, 0, 5, 6, 0, 0])
  })

  it('is empty over no columns', () => {
    const fast = createSparseWeights([{ columns: [], values: [] }], { columns: 0, routes: 3 })
    fast.addLogits(0)
    expect(fast.weights()).toHaveLength(0)
  })
})
