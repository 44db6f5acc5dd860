import { describe, expect, it } from 'vitest'
import { riskThreshold } from '../../../src/core/classifier/conformal.ts'
import type { EvaluationRow } from '../../../src/core/classifier/evaluate.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { checkConformal } from '../../../src/quality/evaluation/conformal-check.ts'

/** Rows that are right as often as their confidence says. */
const calibrated = (count: number, seed: number): EvaluationRow[] => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => {
    const confidence = 0.5 + random() / 2
    const top = random() < confidence ? 'a' : 'b'
    return { label: 'a', top, route: top, confidence }
  })
}

const always = (threshold: number) => () => threshold

describe('the conformal rule on random halves', () => {
  it('counts what a threshold lets through', () => {
    const rows: EvaluationRow[] = [
      { label: 'a', top: 'b', route: null, confidence: 0.9 },
      { label: 'a', top: 'b', route: null, confidence: 0.9 },
    ]
    const options = { risk: 0.5, random: createRandom(1), splits: 10 }
    expect(checkConformal(rows, { ...options, thresholdOf: always(0.5) })).toMatchObject({
      kept: 0,
      meanWrong: 1,
      coverage: 1,
      silent: 0,
    })
    expect(checkConformal(rows, { ...options, thresholdOf: always(0.95) })).toMatchObject({
      kept: 1,
      meanWrong: 0,
      coverage: 0,
    })
  })

  it('never counts a row as wrong whose best route is none, and a routed one of no route always', () => {
    const kept: EvaluationRow = { label: 'a', top: 'none', route: null, confidence: 0.9 }
    const lost: EvaluationRow = { label: 'oos', top: 'a', route: 'a', confidence: 0.9 }
    const options = { risk: 0.1, random: createRandom(1), splits: 4, thresholdOf: always(0) }
    expect(checkConformal([kept, kept], options)).toMatchObject({ meanWrong: 0, coverage: 0 })
    expect(checkConformal([lost, lost], options)).toMatchObject({ meanWrong: 1, coverage: 1 })
  })

  it('keeps its word in at least as many splits as it promised, and says nothing on too few rows', () => {
    const level = { risk: 0.1, delta: 0.1 }
    const check = (rows: EvaluationRow[]) =>
      checkConformal(rows, {
        risk: level.risk,
        random: createRandom(3),
        thresholdOf: (confidences, right, horizon) =>
          riskThreshold(confidences, right, { ...level, horizon }).threshold,
      })
    const many = check(calibrated(600, 11))
    expect(many?.kept).toBeGreaterThanOrEqual(0.9)
    expect(many?.coverage).toBeGreaterThan(0.3)
    expect(check(calibrated(8, 11))).toMatchObject({ silent: 1, kept: 1, coverage: 0 })
  })

  it('parts the rows, and needs two', () => {
    const seen: number[] = []
    const thresholdOf = (confidences: number[], _right: boolean[], horizon: number) => {
      seen.push(confidences.length, horizon)
      return 0
    }
    const options = { risk: 0.1, random: createRandom(1), splits: 1, thresholdOf }
    checkConformal(calibrated(7, 1), options)
    expect(seen).toEqual([3, 4])
    expect(checkConformal(calibrated(1, 1), options)).toBeNull()
  })
})
