import fc from 'fast-check'
import { expect, it } from 'vitest'
import { betaCdf } from '../../../src/core/statistics/beta.ts'

it.each([
  [0.5, 1, 1, 0.5],
  [0.3, 2, 5, 0.579825],
  [0.5, 10, 2, 0.005859375],
  [0.9, 0.5, 0.5, 0.7951672],
])('gives known values: P(X ≤ %d) for Beta(%d, %d)', (x, a, b, expected) => {
  expect(betaCdf(x, a, b)).toBeCloseTo(expected, 6)
})

it('is symmetric and rises', () => {
  const shape = fc.double({ min: 0.5, max: 500, noNaN: true })
  const share = fc.double({ min: 0.001, max: 0.999, noNaN: true })
  fc.assert(
    fc.property(shape, shape, share, share, (a, b, x, y) => {
      expect(betaCdf(x, a, b) + betaCdf(1 - x, b, a)).toBeCloseTo(1, 5)
      expect(betaCdf(Math.min(x, y), a, b)).toBeLessThanOrEqual(
        betaCdf(Math.max(x, y), a, b) + 1e-9,
      )
    }),
  )
})

it('refuses shapes that are none', () => {
  expect(() => betaCdf(0.5, 0, 1)).toThrow('Beta(0, 1)')
})
