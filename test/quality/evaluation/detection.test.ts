import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectionOf } from '../../../src/quality/evaluation/detection.ts'

const novelties = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 40 })

/** The definition of AUROC: pairs put in the right order, ties as half. */
const byPairs = (inside: number[], outside: number[]): number => {
  let sum = 0
  for (const out of outside) {
    for (const inn of inside) sum += out > inn ? 1 : out === inn ? 0.5 : 0
  }
  return sum / (inside.length * outside.length)
}

describe('telling out-of-scope from in-scope', () => {
  it('is worked out by hand', () => {
    const result = detectionOf([0.1, 0.2, 0.3, 0.4], [0.35, 0.9], 0.75)
    expect(result?.auroc).toBeCloseTo(7 / 8, 12)
    // Out-of-scope at ranks 1 and 3: (1/1 + 2/3) / 2.
    expect(result?.aupr).toBeCloseTo((1 + 2 / 3) / 2, 12)
    expect(result?.cut).toBe(0.3)
    expect(result?.recallAtKept).toBe(1)
    expect(detectionOf([0.1, 0.2, 0.3, 0.4], [0.35, 0.9], 0.95)?.recallAtKept).toBe(0.5)
  })

  it('keeps exactly 95 of 100 rows, not one more for rounding', () => {
    const inside = Array.from({ length: 20 }, (_, i) => i)
    expect(detectionOf(inside, [18.5])?.cut).toBe(18)
    expect(detectionOf(inside, [18.5])?.recallAtKept).toBe(1)
  })

  it('gives rows that were not compared the first rank', () => {
    expect(detectionOf([1, 2], [Number.POSITIVE_INFINITY])).toMatchObject({
      auroc: 1,
      aupr: 1,
      recallAtKept: 1,
    })
  })

  it('is null where one side is empty', () => {
    expect(detectionOf([], [1])).toBeNull()
    expect(detectionOf([1], [])).toBeNull()
  })

  it('counts pairs, turns around with the sides, and keeps the share asked for', () => {
    fc.assert(
      fc.property(novelties, novelties, (inside, outside) => {
        const result = detectionOf(inside, outside)
        expect(result?.auroc).toBeCloseTo(byPairs(inside, outside), 12)
        expect(detectionOf(outside, inside)?.auroc).toBeCloseTo(1 - (result?.auroc ?? 0), 12)
        const kept = inside.filter((novelty) => novelty <= (result?.cut ?? 0)).length
        expect(kept / inside.length).toBeGreaterThanOrEqual(0.95 - 1e-9)
        expect(result?.roc[0]).toEqual({ falseAlarms: 0, recall: 0 })
        expect(result?.roc.at(-1)).toEqual({ falseAlarms: 1, recall: 1 })
        expect(result?.aupr).toBeGreaterThan(0)
        expect(result?.aupr).toBeLessThanOrEqual(1 + 1e-12)
      }),
    )
  })
})
