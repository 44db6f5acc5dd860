import fc from 'fast-check'
import { expect, it } from 'vitest'
import { holm } from '../../../src/core/statistics/holm.ts'

it('adjusts as in the textbook', () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02])
})

it('never lowers a p-value, keeps their order, and rejects no more than it would alone', () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
  fc.assert(
    fc.property(values, (given) => {
      const adjusted = holm(given)
      given.forEach((p, i) => {
        expect(adjusted[i]).toBeGreaterThanOrEqual(p)
        expect(adjusted[i]).toBeLessThanOrEqual(1)
        given.forEach((q, j) => {
          if (p <= q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] as number)
        })
      })
    }),
  )
})
