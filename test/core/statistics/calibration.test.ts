import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type RatedPrediction, reliabilityOf } from '../../../src/core/statistics/calibration.ts'

const judged = (confidence: number, isRight: boolean): RatedPrediction => ({ confidence, isRight })

const anyJudged = fc.array(
  fc.record({
    confidence: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1)),
    isRight: fc.boolean(),
  }),
  { minLength: 1, maxLength: 80 },
)

describe('reliability', () => {
  it('is worked out by hand for two bins of equal width', () => {
    const rows = [judged(0.2, false), judged(0.4, true), judged(0.8, true), judged(1, true)]
    const { bins, ece, mce } = reliabilityOf(rows, { binning: 'width', bins: 2 })
    expect(bins.map(({ from, to, rows: n }) => [from, to, n])).toEqual([
      [0, 0.5, 2],
      [0.5, 1, 2],
    ])
    expect(bins[0]?.confidence).toBeCloseTo(0.3, 12)
    expect(bins[0]?.accuracy).toBe(0.5)
    expect(ece).toBeCloseTo((2 * 0.2 + 2 * 0.1) / 4, 12)
    expect(mce).toBeCloseTo(0.2, 12)
  })

  it('puts as many rows into each bin of equal mass, but never parts equals', () => {
    const even = [0.1, 0.2, 0.3, 0.4].map((c) => judged(c, true))
    expect(
      reliabilityOf(even, { binning: 'mass', bins: 2 }).bins.map(({ from, to, rows }) => [
        from,
        to,
        rows,
      ]),
    ).toEqual([
      [0.1, 0.2, 2],
      [0.3, 0.4, 2],
    ])
    const equals = [0.1, 0.2, 0.2, 0.2].map((c) => judged(c, true))
    expect(
      reliabilityOf(equals, { binning: 'mass', bins: 2 }).bins.map(({ rows }) => rows),
    ).toEqual([4])
  })

  it('shows with equal mass what equal width averages away', () => {
    const rows = Array.from({ length: 100 }, (_, i) => judged(0.9 + i / 1000, i >= 5))
    const width = reliabilityOf(rows, { binning: 'width' })
    const mass = reliabilityOf(rows, { binning: 'mass' })
    expect(width.ece).toBeCloseTo(Math.abs(0.9495 - 0.95), 9)
    expect(mass.ece as number).toBeGreaterThan(0.05)
  })

  it('is null without rows', () => {
    expect(reliabilityOf([], { binning: 'mass' })).toMatchObject({ bins: [], ece: null, mce: null })
  })

  it('holds every row once, within its bin, whatever their order', () => {
    fc.assert(
      fc.property(
        anyJudged,
        fc.constantFrom('width' as const, 'mass' as const),
        (rows, binning) => {
          const { bins, ece, mce } = reliabilityOf(rows, { binning })
          expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(rows.length)
          for (const bin of bins) {
            expect(bin.confidence).toBeGreaterThanOrEqual(bin.from - 1e-12)
            expect(bin.confidence).toBeLessThanOrEqual(bin.to + 1e-12)
          }
          expect(ece as number).toBeLessThanOrEqual((mce as number) + 1e-12)
          const backwards = reliabilityOf([...rows].reverse(), { binning })
          expect(backwards.ece as number).toBeCloseTo(ece as number, 9)
        },
      ),
    )
  })
})
