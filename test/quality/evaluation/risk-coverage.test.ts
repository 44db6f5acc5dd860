import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'
import { coverageAtRisk, riskCoverageOf } from '../../../src/quality/evaluation/risk-coverage.ts'

const rowsOf = (pairs: [number, boolean][]) =>
  pairs.map(([confidence, isRight]) => ({ confidence, isRight }))

const anyRows = fc.array(
  fc.record({ confidence: fc.constantFrom(0.1, 0.3, 0.3, 0.6, 0.9), isRight: fc.boolean() }),
  { minLength: 1, maxLength: 30 },
)

describe('risk against coverage', () => {
  const rows = rowsOf([
    [0.9, true],
    [0.8, false],
    [0.7, true],
    [0.6, true],
  ])

  it('is worked out by hand', () => {
    const { points, aurc, excessAurc } = riskCoverageOf(rows)
    expect(points.map(({ coverage, risk }) => [coverage, risk])).toEqual([
      [0.25, 0],
      [0.5, 0.5],
      [0.75, 1 / 3],
      [1, 0.25],
    ])
    expect(aurc).toBeCloseTo((0 + 1 / 2 + 1 / 3 + 1 / 4) / 4, 12)
    expect(excessAurc).toBeCloseTo((1 / 2 + 1 / 3) / 4, 12)
  })

  it('says how much can be answered at a risk', () => {
    const curve = riskCoverageOf(rows)
    expect(coverageAtRisk(curve, 0.3)).toBe(1)
    expect(coverageAtRisk(curve, 0.1)).toBe(0.25)
    expect(coverageAtRisk(riskCoverageOf(rowsOf([[0.5, false]])), 0.1)).toBe(0)
  })

  it('has no excess where all errors come last', () => {
    const best = rowsOf([
      [0.9, true],
      [0.8, true],
      [0.7, false],
      [0.6, false],
    ])
    expect(riskCoverageOf(best).excessAurc).toBeCloseTo(0, 12)
  })

  it('is null without rows', () => {
    expect(riskCoverageOf([])).toEqual({ points: [], aurc: null, excessAurc: null })
  })

  it('takes equals together: their order changes nothing, and the area is the mean over all orders', () => {
    fc.assert(
      fc.property(anyRows, fc.nat(), (sample, seed) => {
        const curve = riskCoverageOf(sample)
        const other = riskCoverageOf(shuffled(sample, createRandom(seed)))
        expect(other.points).toEqual(curve.points)
        expect(other.aurc as number).toBeCloseTo(curve.aurc as number, 12)
        expect(curve.excessAurc as number).toBeGreaterThanOrEqual(-1e-12)
        const wrong = sample.filter(({ isRight }) => !isRight).length
        expect(curve.points.at(-1)?.risk).toBeCloseTo(wrong / sample.length, 12)
        expect(curve.points.at(-1)?.coverage).toBe(1)
      }),
    )
    const tie = riskCoverageOf(
      rowsOf([
        [0.5, true],
        [0.5, false],
      ]),
    )
    // Right first: (0 + 1/2)/2. Wrong first: (1 + 1/2)/2.
    expect(tie.aurc).toBeCloseTo((0.25 + 0.75) / 2, 12)
  })
})
