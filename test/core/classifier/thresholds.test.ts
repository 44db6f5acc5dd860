import { describe, expect, it } from 'vitest'
import { type FoldPrediction, fitThresholds } from '../../../src/core/classifier/thresholds.ts'

const level = { risk: 0.1, delta: 0.1 }
const routes = ['code', 'math', 'none']

/** `n` rows that got one route, confidence falling from 1 to 0, the `wrong` least confident of them wrong. */
const predicted = (top: number, n: number, wrong: number): FoldPrediction[] =>
  Array.from({ length: n }, (_, i) => ({
    top,
    confidence: 1 - (i + 1) / (n + 1),
    isRight: i < n - wrong,
  }))

/** Turning away costs as much as a wrong route: only the bound decides. */
const fitted = (rows: FoldPrediction[], abstentionCost = 1, bound = level) =>
  fitThresholds(rows, { routes, none: 2, level: bound, abstentionCost })

describe('thresholds by the price of turning away', () => {
  const unbound = { risk: 1, delta: 0.1 }

  it('answer where a wrong route is likely to cost less', () => {
    const { thresholds, basis } = fitted(
      [...predicted(0, 100, 30), ...predicted(1, 100, 0)],
      0.7,
      unbound,
    )
    expect(thresholds.code).toBeCloseTo(0.3, 12)
    expect(thresholds.math).toBeCloseTo(0.3, 12)
    // 70 of 100 rows have a confidence of 0.3 and more; the 30 wrong ones are below.
    expect(basis.code).toEqual({ basis: 'price', rows: 100, errors: 0 })
  })

  it('do not move with how hard the exemplars are', () => {
    const easy = fitted(predicted(0, 200, 5), 0.6, unbound)
    const hard = fitted(predicted(0, 200, 120), 0.6, unbound)
    expect(hard.thresholds).toEqual(easy.thresholds)
  })

  it('give way to a bound that asks for more, and not to one that asks for less', () => {
    const rows = [...predicted(0, 100, 60), ...predicted(1, 100, 0)]
    const { thresholds, basis } = fitted(rows, 0.9)
    expect(thresholds.code).toBeGreaterThan(0.5)
    expect(basis.code?.basis).toBe('route')
    expect(thresholds.math).toBeCloseTo(0.1, 12)
    expect(basis.math?.basis).toBe('price')
  })

  it('take any confidence where too few rows tell what it is worth', () => {
    expect(fitted(predicted(0, 10, 5), 0.6, unbound)).toEqual({
      thresholds: { code: 0, math: 0 },
      basis: {
        code: { basis: 'too_few', rows: 10, errors: 5 },
        math: { basis: 'too_few', rows: 0, errors: 0 },
      },
    })
  })
})

describe('thresholds by a bound', () => {
  it('come from a route’s own rows where these are enough', () => {
    const { thresholds, basis } = fitted([...predicted(0, 100, 30), ...predicted(1, 100, 0)])
    expect(basis.code).toEqual({ basis: 'route', rows: 100, errors: 5 })
    // The sixth of thirty errors, from the best: row 75 of 100.
    expect(thresholds.code).toBeCloseTo(1 - 76 / 101, 12)
    expect(thresholds.code).toBeGreaterThan(1 - 76 / 101)
    expect(thresholds.math).toBe(0)
  })

  it('come from the rows of all routes where a route has too few', () => {
    const { thresholds, basis } = fitted([...predicted(0, 100, 60), ...predicted(1, 30, 0)])
    expect(basis.math).toMatchObject({ basis: 'all_routes', rows: 130 })
    expect(basis.code).toMatchObject({ basis: 'route', rows: 100 })
    expect(thresholds.math).toBeGreaterThan(0)
    const pooled = fitted([...predicted(0, 37, 0), ...predicted(1, 37, 0)])
    expect(pooled.basis.code).toEqual({ basis: 'all_routes', rows: 74, errors: 0 })
  })

  it('are zero, and say so, where all rows together are too few', () => {
    const { thresholds, basis } = fitted([...predicted(0, 20, 5), ...predicted(1, 10, 5)])
    expect(thresholds).toEqual({ code: 0, math: 0 })
    expect(basis.code).toEqual({ basis: 'too_few', rows: 20, errors: 5 })
    expect(fitted([]).basis.math).toEqual({ basis: 'too_few', rows: 0, errors: 0 })
  })

  it('do not exist for none, whose rows count for no other route', () => {
    const without = fitted(predicted(0, 60, 10))
    const { thresholds, basis } = fitted([...predicted(0, 60, 10), ...predicted(2, 500, 0)])
    expect(Object.keys(thresholds)).toEqual(['code', 'math'])
    expect(thresholds).toEqual(without.thresholds)
    expect(basis).toEqual(without.basis)
  })

  it('are at most 1, so that a certain answer passes', () => {
    const certain = predicted(0, 60, 60).map((row) => ({ ...row, confidence: 1 }))
    expect(fitted(certain).thresholds.code).toBe(1)
  })
})

describe('thresholds after a generation before', () => {
  const rows = predicted(0, 100, 60)
  const following = (before: Record<string, number>, step: number) =>
    fitThresholds(rows, {
      ...{ routes, none: 2, level, abstentionCost: 0.6 },
      stepFrom: { before, step },
    })
  const wanted = fitted(rows, 0.6).thresholds.code as number

  it('move by no more than the step, and say that it was the step', () => {
    const last = wanted - 0.05
    const { thresholds, basis } = following({ code: last }, 0.02)
    expect(thresholds.code).toBeCloseTo(last + 0.02, 12)
    expect(basis.code?.basis).toBe('step')
  })

  it('go all the way within the step, and for a route that is new', () => {
    for (const before of [{ code: wanted - 0.05 }, {}]) {
      const { thresholds, basis } = following(before, 0.1)
      expect(thresholds.code).toBe(wanted)
      expect(basis.code?.basis).toBe('route')
    }
  })
})
