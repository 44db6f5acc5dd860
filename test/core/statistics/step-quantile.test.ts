import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stepQuantile } from '../../../src/core/statistics/step-quantile.ts'

const RATIO = 1.1

it('is null where nothing was counted', () => {
  expect(stepQuantile([], 0.5, RATIO)).toBeNull()
  expect(stepQuantile([{ step: 3, count: 0 }], 0.5, RATIO)).toBeNull()
})

it('is within a twentieth of the quantile of the values themselves, in whatever order they are counted', () => {
  const values = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.95), (milliseconds, quantile) => {
      const counts = milliseconds.map((ms) => ({
        step: Math.floor(Math.log(ms) / Math.log(RATIO)),
        count: 1,
      }))
      const sorted = milliseconds.toSorted((a, b) => a - b)
      const exact = sorted[Math.max(1, Math.ceil(sorted.length * quantile)) - 1] ?? 0
      const found = stepQuantile(counts, quantile, RATIO) ?? 0
      expect(Math.abs(Math.log(found / exact))).toBeLessThanOrEqual(Math.log(RATIO) / 2 + 1e-9)
    }),
  )
})
