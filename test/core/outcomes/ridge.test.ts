// Against closed forms, and against what a penalty must do.
import { expect, it } from 'vitest'
import type { Matrix } from '../../../src/core/linear/matrix.ts'
import { createRidge, momentsOf } from '../../../src/core/outcomes/ridge.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'

const matrix = (rows: number, cols: number, valueAt: (i: number, j: number) => number): Matrix => ({
  rows,
  cols,
  data: Float32Array.from({ length: rows * cols }, (_, at) =>
    valueAt(Math.floor(at / cols), at % cols),
  ),
})

it('sums products of columns over more rows than one block', () => {
  const random = createRandom(3)
  const x = matrix(600, 5, () => random() - 0.5)
  const y = matrix(600, 3, () => random())
  const { gram, sides } = momentsOf(x, y)
  const sum = (a: Matrix, p: number, b: Matrix, q: number): number => {
    let total = 0
    for (let i = 0; i < a.rows; i++) {
      total += (a.data[i * a.cols + p] as number) * (b.data[i * b.cols + q] as number)
    }
    return total
  }
  for (let p = 0; p < 5; p++) {
    for (let q = 0; q < 5; q++) expect(gram[p * 5 + q]).toBeCloseTo(sum(x, p, x, q), 3)
    for (let q = 0; q < 3; q++) expect(sides[p * 3 + q]).toBeCloseTo(sum(x, p, y, q), 3)
  }
})

it('finds the weights that made the targets', () => {
  const random = createRandom(4)
  const x = matrix(400, 6, () => random() - 0.5)
  const truth = [
    [1, -2, 0, 3, 0.5, 0],
    [0, 0, 1, 0, -1, 2],
  ]
  const y = matrix(400, 2, (i, t) =>
    (truth[t] as number[]).reduce((sum, w, j) => sum + w * (x.data[i * 6 + j] as number), 0),
  )
  const weights = createRidge(x, y)(1e-6)
  for (const [at, value] of truth.flat().entries()) expect(weights.data[at]).toBeCloseTo(value, 3)
})

it('shrinks towards nothing as the penalty grows', () => {
  const x = matrix(8, 1, () => 1)
  const y = matrix(8, 1, () => 2)
  const ridge = createRidge(x, y)
  expect([0, 8, 72].map((strength) => ridge(strength).data[0])).toEqual([
    2,
    1,
    expect.closeTo(0.2, 5),
  ])
})

it('has the same weights from the rows as from the columns', () => {
  const random = createRandom(5)
  const few = matrix(6, 9, () => random() - 0.5)
  const y = matrix(6, 2, () => random())
  // Rows of zeros change nothing but which of the two forms is taken.
  const padded = (m: Matrix): Matrix => ({
    ...m,
    rows: 12,
    data: Float32Array.from([...m.data, ...new Array(6 * m.cols).fill(0)]),
  })
  const [dual, primal] = [createRidge(few, y)(0.5), createRidge(padded(few), padded(y))(0.5)]
  expect([...dual.data]).toEqual([...primal.data].map((value) => expect.closeTo(value, 4)))
})
