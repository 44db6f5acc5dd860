import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EvaluationRow, evaluate, headlineOf } from '../../../src/core/classifier/evaluate.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'

const row = (
  label: string,
  route: string | null,
  more: Partial<EvaluationRow> = {},
): EvaluationRow => ({ label, route, top: route, confidence: 0.9, ...more })

describe('evaluate by example', () => {
  const rows = [
    row('code', 'code'),
    row('code', 'code'),
    row('code', 'math'),
    row('code', null, { top: 'code', confidence: 0.2 }),
    row('math', 'math'),
    row('math', 'math'),
    row('none', null, { top: 'none' }),
    row('oos', 'math'),
  ]
  const report = evaluate(rows, createRandom(1))

  it('counts an abstention as wrong for accuracy and as right for topAccuracy', () => {
    expect(report.accuracy).toBeCloseTo(4 / 6, 12)
    expect(report.topAccuracy).toBeCloseTo(5 / 6, 12)
  })

  it('gives precision, recall and F1 per route, with a routed none-of-the-above row as a false positive', () => {
    const [code, math] = report.perRoute
    expect(code).toMatchObject({ route: 'code', precision: 1, recall: 0.5, support: 4 })
    expect(math).toMatchObject({ route: 'math', precision: 0.5, recall: 1, support: 2 })
    expect(code?.f1).toBeCloseTo(2 / 3, 12)
    expect(report.macroF1).toBeCloseTo(2 / 3, 12)
  })

  it('treats none and oos as one label', () => {
    expect(report.noneRows).toBe(2)
    expect(report.abstention.noneRecall).toBe(0.5)
    expect(report.abstention.nonePrecision).toBe(0.5)
    expect(report.confusions).toEqual([
      { label: 'code', route: 'math', count: 1 },
      { label: 'none', route: 'math', count: 1 },
    ])
  })

  it('measures what abstaining costs and buys', () => {
    expect(report.abstention.falseAbstentionRate).toBeCloseTo(1 / 6, 12)
    expect(report.abstention.coverage).toBeCloseTo(6 / 8, 12)
    expect(report.abstention.selectiveAccuracy).toBeCloseTo(4 / 6, 12)
  })

  it('has no calibration error where the claimed confidence is the share that is right', () => {
    const calibrated = [
      ...Array.from({ length: 3 }, () => row('a', 'a', { confidence: 0.75 })),
      row('a', 'b', { confidence: 0.75 }),
    ]
    expect(evaluate(calibrated).ece).toBeCloseTo(0, 12)
    expect(evaluate([row('a', 'b', { confidence: 1 })]).ece).toBe(1)
  })

  it('says null, not NaN, where there is nothing to measure', () => {
    const empty = evaluate([], createRandom(1))
    expect(empty).toMatchObject({
      accuracy: null,
      macroF1: null,
      ece: null,
      accuracyInterval: null,
    })
    expect(headlineOf(empty)).toEqual({ rows: 0 })
  })

  it('keeps labels apart that look like object members', () => {
    const odd = evaluate([row('__proto__', '__proto__'), row('constructor', '__proto__')])
    expect(odd.perRoute.map(({ route, support }) => [route, support])).toEqual([
      ['__proto__', 1],
      ['constructor', 1],
    ])
  })
})

const routes = ['code', 'math', 'writing']
const anyRow = fc.record({
  label: fc.constantFrom(...routes, 'none', 'oos'),
  top: fc.constantFrom(...routes, 'none'),
  isTaken: fc.boolean(),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
})
const anyRows = fc.array(anyRow, { minLength: 1, maxLength: 60 }).map((rows) =>
  rows.map(
    ({ isTaken, ...rest }): EvaluationRow => ({
      ...rest,
      route: isTaken && rest.top !== 'none' ? rest.top : null,
    }),
  ),
)

describe('evaluate by property', () => {
  it('keeps every share between 0 and 1, and accuracy at or below topAccuracy', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const report = evaluate(rows)
        const { rows: _rows, ...shares } = headlineOf(report)
        for (const value of Object.values(shares)) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1 + 1e-12)
        }
        expect(report.accuracy ?? 0).toBeLessThanOrEqual(report.topAccuracy ?? 0)
      }),
    )
  })

  it('accounts for every row once: right, confused, abstained', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { perRoute, confusions, abstention, inScopeRows, accuracy } = evaluate(rows)
        const right = Math.round((accuracy ?? 0) * inScopeRows)
        const confused = confusions.reduce((sum, pair) => sum + pair.count, 0)
        const routed = perRoute.reduce((sum, route) => sum + route.predicted, 0)
        expect(right + confused).toBe(routed)
        expect(routed).toBe(Math.round((abstention.coverage ?? 0) * rows.length))
        expect(perRoute.reduce((sum, route) => sum + route.support, 0)).toBe(inScopeRows)
      }),
    )
  })

  it('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        // Sums of fractions come out the same but for their last digits.
        const { ece, macroF1, ...forwards } = evaluate(rows)
        const {
          ece: backwardsEce,
          macroF1: backwardsF1,
          ...backwards
        } = evaluate([...rows].reverse())
        expect(backwards).toEqual(forwards)
        expect(backwardsEce).toBeCloseTo(ece ?? 0, 9)
        expect(backwardsF1 ?? -1).toBeCloseTo(macroF1 ?? -1, 9)
      }),
    )
  })

  it('draws an interval around the accuracy that is the same for the same seed', () => {
    fc.assert(
      fc.property(anyRows, fc.nat(), (rows, seed) => {
        const first = evaluate(rows, createRandom(seed))
        expect(evaluate(rows, createRandom(seed))).toEqual(first)
        if (first.accuracyInterval === null) return
        const [low, high] = first.accuracyInterval
        expect(low).toBeLessThanOrEqual(first.accuracy ?? 0)
        expect(high).toBeGreaterThanOrEqual(first.accuracy ?? 0)
      }),
      { numRuns: 30 },
    )
  })
})
