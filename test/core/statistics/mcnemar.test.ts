import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mcnemar } from '../../../src/core/statistics/mcnemar.ts'

describe('the exact McNemar test', () => {
  it.each([
    // 2 × P(X ≤ k), X ~ Binomial(n, ½), by hand.
    [0, 0, 1],
    [0, 1, 1],
    [0, 5, 2 / 32],
    [1, 9, 22 / 1024],
    [3, 5, (2 * (1 + 8 + 28 + 56)) / 256],
    [4, 4, 1],
  ])('of %i against %i rows has p = %f', (first, second, p) => {
    expect(mcnemar(first, second).pValue).toBeCloseTo(p, 12)
  })

  it('holds for counts whose powers of two do not fit a number', () => {
    const { pValue } = mcnemar(2000, 2200)
    // Normal approximation with continuity correction: z = (200 − 1) / √4200.
    expect(pValue).toBeGreaterThan(0.0018)
    expect(pValue).toBeLessThan(0.0025)
  })

  it('refuses what is no count', () => {
    expect(() => mcnemar(-1, 2)).toThrow(TypeError)
    expect(() => mcnemar(0.5, 2)).toThrow(TypeError)
  })

  it('does not care which is first, and grows surer with the same share of more rows', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (a, b) => {
        const { pValue } = mcnemar(a, b)
        expect(mcnemar(b, a).pValue).toBeCloseTo(pValue, 12)
        expect(pValue).toBeGreaterThan(0)
        expect(pValue).toBeLessThanOrEqual(1)
        if (a !== b) expect(mcnemar(3 * a, 3 * b).pValue).toBeLessThanOrEqual(pValue + 1e-12)
      }),
    )
  })
})
