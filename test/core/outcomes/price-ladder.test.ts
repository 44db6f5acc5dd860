// A ladder has every point that any price leads to, and its step for a target is kept as surely as it says.
import { describe, expect, it } from 'vitest'
import type { Unseen } from '../../../src/core/outcomes/learned-outcomes.ts'
import { chooseByPrice, pointsOf } from '../../../src/core/outcomes/operating-point.ts'
import {
  type PriceLadder,
  priceLadder,
  roomOf,
  stepForCost,
  stepForQuality,
} from '../../../src/core/outcomes/price-ladder.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'

interface Made {
  rows: number
  seed: number
  /** Share of the scores that are not known. */
  missing?: number
}

/** Four models, dearer ones better; estimates are what an answer is worth on average. */
const made = ({ rows, seed, missing = 0 }: Made): Unseen => {
  const random = createRandom(seed)
  const models = ['a', 'b', 'c', 'd']
  const matrix = (at: (j: number) => number) => ({
    ...{ rows, cols: 4 },
    data: Float32Array.from({ length: rows * 4 }, (_, n) => at(n % 4)),
  })
  const quality = matrix((j) => 0.4 + 0.1 * j + 0.3 * random())
  const cost = matrix((j) => 0.001 * 2 ** j * (0.5 + random()))
  const scores = {
    ...quality,
    data: quality.data.map((value) => {
      const score = random() < value ? 1 : 0
      return random() < missing ? Number.NaN : score
    }),
  }
  const labels = Array.from({ length: rows }, () => '')
  return { estimates: { quality, cost }, table: { models, labels, scores, costs: cost } }
}

describe('a ladder of prices', () => {
  it.each([0, 0.6])(
    'has at each step what its price leads to (%d of the scores missing)',
    (missing) => {
      const unseen = made({ rows: 120, seed: 1, missing })
      const { steps } = priceLadder(unseen)
      expect(steps.length).toBeGreaterThan(100)
      for (const { price, cost, quality } of steps) {
        const point = pointsOf(chooseByPrice(unseen.estimates, price), unseen.table)
        expect(cost).toBeCloseTo(point.cost, 9)
        expect(quality).toBeCloseTo(point.quality, 9)
      }
    },
  )

  it('leaves out no point between the first and the last', () => {
    const unseen = made({ rows: 60, seed: 2 })
    const { steps } = priceLadder(unseen)
    const random = createRandom(3)
    for (let i = 0; i < 200; i++) {
      const price = 10 ** (6 * random() - 1)
      const point = pointsOf(chooseByPrice(unseen.estimates, price), unseen.table)
      expect(steps.some(({ cost }) => Math.abs(cost - point.cost) < 1e-12)).toBe(true)
    }
  })

  it('has one step where all models cost the same', () => {
    const unseen = made({ rows: 20, seed: 4 })
    const free = { ...unseen.estimates.cost, data: new Float32Array(80) }
    const { steps } = priceLadder({ ...unseen, estimates: { ...unseen.estimates, cost: free } })
    expect(steps.map(({ price }) => price)).toEqual([0])
  })

  it('has a bounded number of steps, both ends among them', () => {
    const unseen = made({ rows: 2_000, seed: 5 })
    const { steps } = priceLadder(unseen)
    expect(steps.length).toBeLessThan(2_100)
    const dearest = chooseByPrice(unseen.estimates, 1e9)
    expect(steps.at(-1)?.cost).toBeCloseTo(pointsOf(dearest, unseen.table).cost, 9)
  })
})

/** The paired gaps themselves, with their mean and the error of it. */
const gapOf = ({ estimates, table }: Unseen, ladder: PriceLadder, share: number, price: number) => {
  const chosen = chooseByPrice(estimates, price)
  const best = table.models.indexOf(ladder.best.model)
  const gaps = Array.from(
    chosen,
    (j, i) =>
      (table.scores.data[i * 4 + j] as number) -
      share * (table.scores.data[i * 4 + best] as number),
  )
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const square = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
  return { mean, error: Math.sqrt(square / gaps.length) }
}

describe('the step for a target', () => {
  it('is missed by no more than a quarter of a point, with 95 % confidence, by the differences themselves', () => {
    const unseen = made({ rows: 300, seed: 6 })
    const ladder = priceLadder(unseen)
    for (const step of [0, 50, 200, 400].map((i) => ladder.steps[i] as (typeof ladder.steps)[0])) {
      const { mean, error } = gapOf(unseen, ladder, 0.95, step.price)
      const wanted = mean - Math.max(0, 1.645 * error - 0.0025)
      expect(roomOf(ladder, step, 0.95)).toBeCloseTo(wanted, 6)
    }
  })

  it('is the cheapest that keeps it, and leaves the less room the more prompts there are', () => {
    const overs = [200, 20_000].map((rows) => {
      const ladder = priceLadder(made({ rows, seed: 7 }))
      const step = stepForQuality(ladder, 0.9)
      expect(roomOf(ladder, step, 0.9)).toBeGreaterThanOrEqual(0)
      for (const other of ladder.steps)
        if (other.cost < step.cost) expect(roomOf(ladder, other, 0.9)).toBeLessThan(0)
      return step.quality - 0.9 * ladder.best.quality
    }) as [number, number]
    expect(overs[0]).toBeGreaterThan(0.01)
    expect(overs[1]).toBeLessThan(0.004)
  })

  it('is the nearest to it where none keeps it', () => {
    const ladder = priceLadder(made({ rows: 200, seed: 8 }))
    const rooms = ladder.steps.map((step) => roomOf(ladder, step, 1.5))
    expect(roomOf(ladder, stepForQuality(ladder, 1.5), 1.5)).toBe(Math.max(...rooms))
  })

  it('may be told which model it refers to', () => {
    const unseen = made({ rows: 200, seed: 9 })
    const ladder = priceLadder(unseen, 0)
    expect(ladder.best.model).toBe('a')
    expect(stepForQuality(ladder, 1).cost).toBeLessThan(priceLadder(unseen).best.cost)
  })

  it('is kept on prompts that it was not solved on in nine of ten cases', () => {
    let kept = 0
    for (let seed = 0; seed < 60; seed++) {
      const ladder = priceLadder(made({ rows: 400, seed: 100 + seed }))
      const { price } = stepForQuality(ladder, 0.95)
      const { estimates, table } = made({ rows: 1_000, seed: 1_000 + seed })
      // What answers are worth on average, so that the measure has no noise of its own.
      const fresh = { ...table, scores: estimates.quality }
      const d = pointsOf(new Int32Array(1_000).fill(3), fresh).quality
      const { quality } = pointsOf(chooseByPrice(estimates, price), fresh)
      if (quality >= 0.95 * d - 0.01) kept++
    }
    expect(kept).toBeGreaterThanOrEqual(54)
  })
})

it('spends no more than it may, on the best that this buys', () => {
  const ladder = priceLadder(made({ rows: 300, seed: 10 }))
  for (const usd of [0.0015, 0.003, 0.006]) {
    const step = stepForCost(ladder, usd)
    expect(step.cost).toBeLessThanOrEqual(usd)
    for (const other of ladder.steps)
      if (other.cost <= usd) expect(other.quality).toBeLessThanOrEqual(step.quality)
  }
  expect(stepForCost(ladder, 0).cost).toBe(Math.min(...ladder.steps.map(({ cost }) => cost)))
})
