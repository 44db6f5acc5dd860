import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allowedErrors,
  binomialLogCdf,
  riskThreshold,
} from '../../../src/core/classifier/conformal.ts'
import { createRandom, type Random } from '../../../src/core/statistics/random.ts'

/** P(X ≤ k) by going through all 2^n outcomes. */
const enumeratedCdf = (k: number, n: number, p: number): number => {
  let sum = 0
  for (let outcome = 0; outcome < 2 ** n; outcome++) {
    const hits = outcome.toString(2).replaceAll('0', '').length
    if (hits <= k) sum += p ** hits * (1 - p) ** (n - hits)
  }
  return sum
}

describe('the binomial distribution', () => {
  it('is that of enumerating every outcome', () => {
    for (const p of [0.05, 0.3, 0.5, 0.9]) {
      for (let n = 0; n <= 9; n++) {
        for (let k = -1; k <= n; k++) {
          expect(Math.exp(binomialLogCdf(k, n, p))).toBeCloseTo(enumeratedCdf(k, n, p), 10)
        }
      }
    }
  })

  it('keeps its precision far out in the tail', () => {
    expect(binomialLogCdf(0, 10_000, 0.5)).toBeCloseTo(10_000 * Math.log(0.5), 6)
    expect(binomialLogCdf(4_999, 9_999, 0.5)).toBeCloseTo(Math.log(0.5), 6)
  })
})

describe('how many errors calibration may show', () => {
  it('is the largest number that the bound leaves, by enumeration', () => {
    for (const n of [1, 3, 6, 10]) {
      for (const risk of [0.2, 0.5, 0.8]) {
        for (const delta of [0.05, 0.3]) {
          const fits = [...Array(n).keys()].filter((k) => enumeratedCdf(k, n, risk) <= delta)
          expect(allowedErrors(n, { risk, delta })).toBe(fits.at(-1) ?? -1)
        }
      }
    }
  })

  it('promises the next prompts by the chance that they take the errors, by enumeration', () => {
    const [n, horizon, risk, delta] = [8, 4, 0.5, 0.3]
    // 0.5 · 4 errors may come; with three, calibration shows k of k + 3 with chance 8 / 12 each.
    const fits = [...Array(n).keys()].filter((k) => enumeratedCdf(k, k + 3, 8 / 12) <= delta)
    expect(allowedErrors(n, { risk, delta, horizon })).toBe(fits.at(-1))
    expect(fits.at(-1)).toBe(2)
  })

  it('is known from the literature: none of 22, one of 38 at a tenth', () => {
    const level = { risk: 0.1, delta: 0.1 }
    expect([21, 22, 37, 38].map((n) => allowedErrors(n, level))).toEqual([-1, 0, 0, 1])
    expect(allowedErrors(0, level)).toBe(-1)
  })

  it('grows with the rows, the risk and the chance of failure', () => {
    const rate = fc.double({ min: 0.02, max: 0.6, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), rate, rate, (n, risk, delta) => {
        const allowed = allowedErrors(n, { risk, delta })
        expect(allowedErrors(n + 1, { risk, delta })).toBeGreaterThanOrEqual(allowed)
        expect(allowedErrors(n, { risk: risk + 0.1, delta })).toBeGreaterThanOrEqual(allowed)
        expect(allowedErrors(n, { risk, delta: delta + 0.1 })).toBeGreaterThanOrEqual(allowed)
      }),
    )
  })

  it('is less for a near horizon than for the long run', () => {
    const level = { risk: 0.1, delta: 0.1 }
    const long = allowedErrors(400, level)
    const near = allowedErrors(400, { ...level, horizon: 100 })
    expect(near).toBeLessThan(long)
    expect(allowedErrors(400, { ...level, horizon: 1e7 })).toBeGreaterThan(near)
  })
})

describe('the threshold', () => {
  const level = { risk: 0.1, delta: 0.1 }
  const row = fc.record({ confidence: fc.integer({ min: 0, max: 30 }), isRight: fc.boolean() })
  const rows = fc.array(row, { minLength: 1, maxLength: 120 })
  /** So many that some errors are allowed, and more come. */
  const many = fc
    .array(row, { minLength: 40, maxLength: 120 })
    .filter((drawn) => drawn.filter(({ isRight }) => !isRight).length > 10)
  const thresholdOf = (drawn: { confidence: number; isRight: boolean }[], risk = 0.1) =>
    riskThreshold(
      drawn.map(({ confidence }) => confidence / 30),
      drawn.map(({ isRight }) => isRight),
      { risk, delta: 0.1 },
    )

  it('lets through no more errors than allowed, and says how many, ties included', () => {
    fc.assert(
      fc.property(fc.oneof(rows, many), (drawn) => {
        const found = thresholdOf(drawn)
        const passed = drawn.filter(
          ({ confidence, isRight }) => !isRight && confidence / 30 >= found.threshold,
        )
        expect(found.rows).toBe(drawn.length)
        expect(found.errors).toBe(passed.length)
        expect(passed.length).toBeLessThanOrEqual(Math.max(0, allowedErrors(drawn.length, level)))
      }),
    )
  })

  it('is the lowest that does: one step lower, one error too many would pass', () => {
    fc.assert(
      fc.property(many, (drawn) => {
        const { threshold } = thresholdOf(drawn)
        expect(threshold).toBeGreaterThan(0)
        const lower = threshold - 1e-9
        const passed = drawn.filter(
          ({ confidence, isRight }) => !isRight && confidence / 30 >= lower,
        )
        expect(passed.length).toBeGreaterThan(allowedErrors(drawn.length, level))
      }),
    )
  })

  it('never rises as more risk is tolerated', () => {
    fc.assert(
      fc.property(rows, (drawn) => {
        const thresholds = [0.05, 0.1, 0.3, 0.7].map((risk) => thresholdOf(drawn, risk).threshold)
        expect(thresholds).toEqual([...thresholds].sort((a, b) => b - a))
      }),
    )
  })

  it('is infinite where the rows are too few, and zero where nothing is wrong', () => {
    expect(riskThreshold([0.9], [true], level)).toEqual({
      threshold: Number.POSITIVE_INFINITY,
      errors: 0,
      rows: 1,
    })
    const right = new Array<boolean>(40).fill(true)
    expect(
      riskThreshold(
        right.map(() => 0.2),
        right,
        level,
      ),
    ).toEqual({
      threshold: 0,
      errors: 0,
      rows: 40,
    })
  })
})

describe('the bound on exchangeable prompts', () => {
  const DRAWS = 300
  const SLOPE = 0.8
  const level = { risk: 0.1, delta: 0.1 }

  /** Confidence c uniform, wrong with chance 0.8 · (1 − c). */
  const draw = (n: number, random: Random) => {
    const confidence = Array.from({ length: n }, () => random())
    return { confidence, right: confidence.map((c) => random() >= SLOPE * (1 - c)) }
  }

  it('holds in the long run in at least 1 − delta of calibrations', () => {
    const random = createRandom(11)
    const kept = Array.from({ length: DRAWS }, () => {
      const { confidence, right } = draw(150, random)
      const { threshold } = riskThreshold(confidence, right, level)
      // P(c ≥ threshold and wrong), integrated.
      return (SLOPE * (1 - threshold) ** 2) / 2 <= level.risk
    }).filter(Boolean).length
    expect(kept / DRAWS).toBeGreaterThanOrEqual(1 - level.delta)
    // Not by answering nothing.
    expect(kept).toBeLessThan(DRAWS)
  })

  it('holds for the next hundred prompts in at least 1 − delta of calibrations', () => {
    const random = createRandom(12)
    const horizon = 100
    const outcomes = Array.from({ length: DRAWS }, () => {
      const past = draw(150, random)
      const next = draw(horizon, random)
      const { threshold } = riskThreshold(past.confidence, past.right, { ...level, horizon })
      const answered = next.confidence.map((c) => c >= threshold)
      const wrong = answered.filter((isAnswered, i) => isAnswered && !next.right[i]).length
      return { isKept: wrong <= level.risk * horizon, answered: answered.filter(Boolean).length }
    })
    const kept = outcomes.filter(({ isKept }) => isKept).length
    expect(kept / DRAWS).toBeGreaterThanOrEqual(1 - level.delta)
    const meanAnswered = outcomes.reduce((sum, { answered }) => sum + answered, 0) / DRAWS
    expect(meanAnswered).toBeGreaterThan(0.3 * horizon)
  })
})
