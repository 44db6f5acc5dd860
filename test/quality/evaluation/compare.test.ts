import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EvaluationRow } from '../../../src/core/classifier/evaluate.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { comparePredictions } from '../../../src/quality/evaluation/compare.ts'

const row = (label: string, route: string | null): EvaluationRow => ({
  label,
  route,
  top: route,
  confidence: 0.8,
})

describe('two routers on the same rows', () => {
  const labels = ['a', 'a', 'a', 'none', 'b']
  const first = ['a', 'b', 'b', null, 'a'].map((route, i) => row(labels[i] as string, route))
  const second = ['a', 'a', null, 'b', 'a'].map((route, i) => row(labels[i] as string, route))
  const result = comparePredictions(first, second, createRandom(1))

  it('lists what was fixed, what broke, and what is wrong in another way', () => {
    expect(result).toMatchObject({ fixed: [1], broken: [3], movedWrong: [2] })
    expect(result.test).toMatchObject({ onlyFirst: 1, onlySecond: 1, pValue: 1 })
  })

  it('counts a none-of-the-above row as right where no route was taken', () => {
    expect(result.accuracy).toEqual({ first: 2 / 5, second: 2 / 5 })
    expect(result.difference).toBe(0)
  })

  it('refuses predictions of other rows', () => {
    expect(() => comparePredictions(first, second.slice(1), createRandom(1))).toThrow(TypeError)
    expect(() => comparePredictions(first, [...second].reverse(), createRandom(1))).toThrow(
      TypeError,
    )
  })

  it('turns its sign around when the two change places, with the difference inside its interval', () => {
    const routes = fc.constantFrom('a', 'b', null)
    const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'oos'), routes, routes), {
      minLength: 1,
      maxLength: 40,
    })
    fc.assert(
      fc.property(rows, (sample) => {
        const a = sample.map(([label, route]) => row(label, route))
        const b = sample.map(([label, , route]) => row(label, route))
        const there = comparePredictions(a, b, createRandom(5))
        const back = comparePredictions(b, a, createRandom(5))
        expect(back.difference).toBeCloseTo(-there.difference, 12)
        expect(back.fixed).toEqual(there.broken)
        expect(back.test.pValue).toBeCloseTo(there.test.pValue, 12)
        expect(there.difference).toBeCloseTo(there.accuracy.second - there.accuracy.first, 12)
        const [low, high] = there.interval as [number, number]
        expect(low).toBeLessThanOrEqual(there.difference + 1e-9)
        expect(high).toBeGreaterThanOrEqual(there.difference - 1e-9)
      }),
      { numRuns: 25 },
    )
  })
})
