import { describe, expect, it } from 'vitest'
import type { LintRow } from '../../../src/quality/lint/finding.ts'
import { exemplarsToReach, learningCurves } from '../../../src/quality/lint/learning-curve.ts'

const rowsOf = (routes: string[]): LintRow[] =>
  routes.map((route, i) => ({
    text: `${i}`,
    shaped: `${i}`,
    route,
    id: `${i}`,
    location: `${i}`,
    isCut: false,
    hasSignal: true,
    style: null,
    language: null,
  }))

describe('exemplarsToReach', () => {
  const curve = { route: 'code', exemplars: 100, error: 0.2, exponent: 0.5 }

  it('follows the power law: half the error at exponent ½ takes four times the exemplars', () => {
    expect(exemplarsToReach(curve, 0.1)).toBe(300)
  })

  it('is nothing where the target is met, and null where more do not help', () => {
    expect(exemplarsToReach(curve, 0.3)).toBe(0)
    expect(exemplarsToReach({ ...curve, exponent: 0 }, 0.1)).toBeNull()
    expect(exemplarsToReach({ ...curve, exponent: 0.1 }, 0.05)).toBeNull()
  })
})

describe('learningCurves', () => {
  /** Every row sees two of its own route and thirty of the other: the fewer are kept, the more often the other wins. */
  const steep = () => {
    const rows = rowsOf(Array.from({ length: 64 }, (_, i) => (i < 32 ? 'code' : 'math')))
    const neighbours = rows.map(({ route }, i) => {
      const mine = rows.flatMap((row, j) => (row.route === route && j !== i ? [j] : []))
      const others = rows.flatMap((row, j) => (row.route === route ? [] : [j]))
      const order = [...mine.slice(0, 2), ...others.slice(0, 30)]
      return order.map((position, k) => ({ position, similarity: 1 - k / 100 }))
    })
    return { rows, neighbours, vectors: new Float32Array(), dimensions: 0 }
  }

  it('falls where exemplars of the own route are few and near', () => {
    for (const curve of learningCurves(steep(), 1)) {
      expect(curve.exemplars).toBe(32)
      expect(curve.error).toBeLessThan(0.05)
      expect(curve.exponent).toBeGreaterThan(0.3)
    }
  })

  it('is flat where the nearest is always of another route', () => {
    const rows = rowsOf(['code', 'math', 'code', 'math', 'code', 'math'])
    const neighbours = rows.map(({ route }) =>
      rows.flatMap((row, position) => (row.route === route ? [] : [{ position, similarity: 0.5 }])),
    )
    const [curve] = learningCurves(
      { rows, neighbours, vectors: new Float32Array(), dimensions: 0 },
      1,
    )
    expect(curve?.error).toBeGreaterThan(0.8)
    expect(curve?.exponent).toBe(0)
  })

  it('is the same under the same seed', () => {
    expect(learningCurves(steep(), 7)).toEqual(learningCurves(steep(), 7))
  })
})
