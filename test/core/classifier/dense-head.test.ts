import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { denseLogits, fitDenseHead } from '../../../src/core/classifier/dense-head.ts'
import {
  createHeadState,
  descend,
  startAtMeans,
} from '../../../src/core/classifier/dense-head-step.ts'
import { logSoftmax, type Matrix, topTwo } from '../../../src/core/linear/matrix.ts'
import { clustered, DIMENSIONS } from '../../support/clustered-training.ts'
import { matrix, naiveProduct, randomMatrix, unitRows } from '../../support/matrices.ts'

const trainingOf = (counts: Record<string, number>, seed: number) => {
  const set = clustered(counts, seed)
  const names = Object.keys(counts)
  return {
    rows: { rows: set.routes.length, cols: DIMENSIONS, data: set.vectors },
    labels: Int32Array.from(set.routes, (route) => names.indexOf(route)),
    routes: names.length,
  }
}

const accuracy = (logits: Matrix, labels: Int32Array): number =>
  labels.filter((label, i) => topTwo(logits, i)[0] === label).length / labels.length

const lossOf = (logits: Matrix, labels: Int32Array): number => {
  const log = logSoftmax(logits)
  return labels.reduce((sum, label, i) => sum - (log.data[i * log.cols + label] as number), 0)
}

describe('the dense head', () => {
  const { rows, labels, routes } = trainingOf({ a: 60, b: 60, c: 20 }, 1)

  it('separates what can be separated, in training and in fresh rows', () => {
    const head = fitDenseHead(rows, labels, routes, 1)
    expect(accuracy(denseLogits(head, rows), labels)).toBe(1)
    const fresh = trainingOf({ a: 30, b: 30, c: 30 }, 2)
    expect(accuracy(denseLogits(head, fresh.rows), fresh.labels)).toBeGreaterThan(0.97)
  })

  it('learns a difference that the means of the routes do not show', () => {
    // The first number tells the routes apart; the second, much larger, is shared.
    const line = randomMatrix(200, 2, 5)
    const all = unitRows(
      matrix(
        Array.from({ length: 200 }, (_, i) => [
          i % 2 ? 0.15 : -0.15,
          line.data[2 * i] as number,
          line.data[2 * i + 1] as number,
        ]),
      ),
    )
    const sides = Int32Array.from({ length: 200 }, (_, i) => i % 2)
    const head = fitDenseHead(all, sides, 2, 1)
    expect(accuracy(denseLogits(head, all), sides)).toBeGreaterThan(0.95)
  })

  it('comes out the same twice under one seed, and otherwise under another', () => {
    const fitted = (seed: number) => fitDenseHead(rows, labels, routes, seed)
    expect(fitted(4)).toEqual(fitted(4))
    expect(fitted(4).weights.data).not.toEqual(fitted(5).weights.data)
  })

  it('has finite weights of the right shape, whatever the shape and the missing routes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 1, max: 11 }),
        (n, cols, of) => {
          const drawn = unitRows(randomMatrix(n, cols, n))
          const their = Int32Array.from({ length: n }, (_, i) => (i * i) % of)
          const head = fitDenseHead(drawn, their, of, 1)
          expect([head.weights.rows, head.weights.cols, head.bias.length]).toEqual([of, cols, of])
          expect([...head.weights.data, ...head.bias].every(Number.isFinite)).toBe(true)
        },
      ),
      { numRuns: 15 },
    )
  })

  it('can be fitted on no rows', () => {
    const head = fitDenseHead(randomMatrix(0, 4, 1), new Int32Array(0), 2, 1)
    expect([...head.weights.data, ...head.bias]).toEqual(new Array(10).fill(0))
  })

  it('gives logits that are products plus bias', () => {
    const head = { weights: randomMatrix(3, 4, 1), bias: Float32Array.of(1, -2, 3) }
    const asked = randomMatrix(6, 4, 2)
    const logits = denseLogits(head, asked)
    naiveProduct(asked, head.weights).forEach((row, i) => {
      row.forEach((value, r) => {
        expect(logits.data[i * 3 + r]).toBeCloseTo(value + (head.bias[r] as number), 5)
      })
    })
  })
})

describe('one step of its training', () => {
  const [cols, routes, n] = [5, 3, 7]
  const rows = randomMatrix(n, cols, 1)
  const labels = Int32Array.from({ length: n }, (_, i) => i % routes)
  const batch = [...Array(n).keys()]
  const still = { rate: 1, momentum: 0, decay: 0 }

  const headOf = ({ weights, columns, bias }: ReturnType<typeof createHeadState>) => ({
    weights: matrix(
      Array.from({ length: routes }, (_, r) =>
        Array.from({ length: cols }, (_, k) => weights[k * columns + r] as number),
      ),
    ),
    bias: bias.slice(0, routes),
  })

  it('starts at the means of the routes', () => {
    const state = createHeadState(cols, routes, 8)
    startAtMeans(state, { rows, labels }, 8)
    const own = batch.filter((i) => labels[i] === 1)
    const mean = own.reduce((sum, i) => sum + (rows.data[i * cols + 2] as number), 0) / own.length
    expect(headOf(state).weights.data[cols + 2]).toBeCloseTo(8 * mean, 5)
  })

  it('moves against the gradient of the mean log loss, by finite differences', () => {
    const state = createHeadState(cols, routes, 8)
    startAtMeans(state, { rows, labels }, 2)
    const before = headOf(state)
    const meanLoss = (change: (head: typeof before) => void): number => {
      const head = {
        weights: { ...before.weights, data: before.weights.data.slice() },
        bias: before.bias.slice(),
      }
      change(head)
      return lossOf(denseLogits(head, rows), labels) / n
    }
    descend(state, { rows, labels }, batch, still)
    const after = headOf(state)
    const h = 0.02
    const slope = (bump: (head: typeof before, by: number) => void): number =>
      (meanLoss((head) => bump(head, h)) - meanLoss((head) => bump(head, -h))) / (2 * h)
    for (let at = 0; at < routes * cols; at++) {
      const gradient = slope((head, by) => {
        head.weights.data[at] = (head.weights.data[at] as number) + by
      })
      const moved = (after.weights.data[at] as number) - (before.weights.data[at] as number)
      expect(moved).toBeCloseTo(-gradient, 3)
    }
    for (let r = 0; r < routes; r++) {
      const gradient = slope((head, by) => {
        head.bias[r] = (head.bias[r] as number) + by
      })
      expect((after.bias[r] as number) - (before.bias[r] as number)).toBeCloseTo(-gradient, 3)
    }
  })

  it('leaves the padding at zero, also after a smaller batch', () => {
    const state = createHeadState(cols, routes, 8)
    startAtMeans(state, { rows, labels }, 2)
    descend(state, { rows, labels }, batch, { ...still, momentum: 0.9, decay: 0.1 })
    descend(state, { rows, labels }, [6, 1], { ...still, momentum: 0.9, decay: 0.1 })
    const padding = state.weights.filter(
      (_, at) => at % state.columns >= routes || at >= cols * state.columns,
    )
    expect(padding.length).toBeGreaterThan(0)
    expect(padding.every((value) => value === 0)).toBe(true)
    expect(state.bias.subarray(routes).every((value) => value === 0)).toBe(true)
  })

  it('pulls weights towards zero by its decay, but not the bias', () => {
    const [plain, decayed] = [0, 0.5].map((decay) => {
      const state = createHeadState(cols, routes, 8)
      startAtMeans(state, { rows, labels }, 2)
      state.bias.fill(2)
      descend(state, { rows, labels }, batch, { ...still, rate: 0.1, decay })
      return headOf(state)
    })
    const start = createHeadState(cols, routes, 8)
    startAtMeans(start, { rows, labels }, 2)
    headOf(start).weights.data.forEach((value, at) => {
      const gap = (decayed?.weights.data[at] as number) - (plain?.weights.data[at] as number)
      expect(gap).toBeCloseTo(-0.05 * value, 5)
    })
    expect(decayed?.bias).toEqual(plain?.bias)
  })
})
