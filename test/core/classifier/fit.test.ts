// The report of a fit. What the fitted classifier does is classifier.test.ts.
import { describe, expect, it } from 'vitest'
import type { TrainingSet } from '../../../src/core/classifier/classifier.ts'
import { fitClassifier } from '../../../src/core/classifier/fit.ts'
import { clustered, DIMENSIONS, vectorOf } from '../../support/clustered-training.ts'

const set = clustered({ code: 40, math: 40, none: 24 }, 1, 1.2)

/** One copy of each row: its own vector, or that of a row of another route. */
const withCopies = (rows: readonly number[], vectorFor: (row: number) => number): TrainingSet => ({
  ...set,
  copies: {
    vectors: Float32Array.from(rows.flatMap((row) => [...vectorOf(set, vectorFor(row))])),
    texts: rows.map((row) => set.texts[vectorFor(row)] as string),
    origins: [...rows],
  },
})

const anchor = (route: string) => ({
  vectors: vectorOf(set, 0),
  texts: [route],
  routes: [route],
})

describe('the report of a fit', () => {
  it('is of every exemplar, each unseen once', () => {
    const { report, unseen } = fitClassifier(set, { seed: 1 })
    expect(report.rows).toBe(104)
    expect(unseen.map(({ row }) => row).sort((a, b) => a - b)).toEqual([...Array(104).keys()])
    const right = unseen.filter(({ row, route }) => set.routes[row] === route).length
    expect(report.accuracy).toBeCloseTo(right / 104, 12)
    expect(report.accuracy).toBeGreaterThan(0.85)
    expect(report.calibrationError).toBeLessThan(0.12)
    for (const { confidence, ownProbability } of unseen) {
      expect(confidence).toBeGreaterThan(0)
      expect(confidence).toBeLessThan(1)
      expect(ownProbability).toBeLessThanOrEqual(1)
    }
  })

  it('says what it promises', () => {
    const options = { seed: 1, risk: 0.2, delta: 0.05, novelShare: 0.03 }
    const { seed: _seed, ...said } = options
    expect(fitClassifier(set, options).report).toMatchObject(said)
  })

  it('counts the anchors that were trained on, not those of routes without an exemplar', () => {
    const of = (route: string) => fitClassifier({ ...set, anchors: anchor(route) }, { seed: 1 })
    expect(of('code').report.anchors).toBe(1)
    expect(of('unheard-of').report.anchors).toBe(0)
  })

  it('has no flip rate without copies, none where copies are the same, all where they are of another route', () => {
    const rows = [...Array(40).keys()]
    expect(fitClassifier(set, { seed: 1 }).report.flipRate).toBeNull()
    const same = fitClassifier(
      withCopies(rows, (row) => row),
      { seed: 1 },
    ).report
    expect(same).toMatchObject({ copies: 40, flipRate: { overall: 0, byRoute: { code: 0 } } })
    // Trained on as code, too, the copies confuse; still most of them look like the exemplars of math.
    const other = fitClassifier(
      withCopies(rows.slice(0, 8), (row) => row + 40),
      { seed: 1 },
    ).report
    expect(other.flipRate?.overall).toBeGreaterThan(0.6)
    expect(Object.keys(other.flipRate?.byRoute ?? {})).toEqual(['code'])
  })

  it('measures nothing where there are too few exemplars to hold any out', () => {
    const { report, unseen } = fitClassifier(clustered({ a: 4, b: 3 }, 1), { seed: 1 })
    expect(unseen).toEqual([])
    expect(report).toMatchObject({ rows: 0, accuracy: 0, calibrationError: 0, flipRate: null })
    expect(fitClassifier(clustered({ a: 4, b: 4 }, 1), { seed: 1 }).report.rows).toBe(8)
  })

  it('turns away about as many in-scope prompts as it was told to', () => {
    const { model } = fitClassifier(set, { seed: 1, novelShare: 0 })
    const { model: strict } = fitClassifier(set, { seed: 1, novelShare: 0.2 })
    expect(strict.parameters.noveltyLimit as number).toBeLessThan(
      model.parameters.noveltyLimit as number,
    )
    expect(strict.dimensions).toBe(DIMENSIONS)
  })
})
