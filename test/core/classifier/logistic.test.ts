import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitLogistic, logisticAt, solve } from '../../../src/core/classifier/logistic.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { matrix, randomMatrix, rowsOf } from '../../support/matrices.ts'

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** Flags drawn with the odds that `logit` gives each row. */
const drawn = (rows: number[][], logit: (row: number[]) => number, seed: number): Uint8Array => {
  const random = createRandom(seed)
  return Uint8Array.from(rows, (row) => (random() < sigmoid(logit(row)) ? 1 : 0))
}

describe('solving linear equations', () => {
  it('finds x again from A·x, also where pivots must be swapped', () => {
    expect(
      solve(
        [
          [0, 2],
          [3, 1],
        ],
        [4, 11],
      ),
    ).toEqual([3, 2])
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 1e6 }), (n, seed) => {
        const a = rowsOf(randomMatrix(n, n, seed)).map((row, i) =>
          row.map((v, j) => (i === j ? v + 2 * n : v)),
        )
        const x = [...randomMatrix(1, n, seed + 1).data]
        const b = a.map((row) => row.reduce((sum, v, k) => sum + v * (x[k] as number), 0))
        solve(a, b).forEach((value, k) => {
          expect(value).toBeCloseTo(x[k] as number, 6)
        })
      }),
    )
  })
})

describe('logistic regression', () => {
  const x = randomMatrix(6_000, 2, 1)
  const rows = rowsOf(x)

  it('comes to rest where the log odds to correct are far off', () => {
    // All sure and most of them wrong: a whole Newton step overshoots by more each time.
    const offset = Float32Array.from(rows, ([a = 0]) => 8 + 4 * a)
    const right = drawn(rows, ([, b = 0]) => b - 2, 3)
    const model = fitLogistic({ x, right, ridge: 25, offset })
    const claimed = rows.map((row, i) => logisticAt(model, row, offset[i]))
    const mean = claimed.reduce((sum, p) => sum + p, 0) / rows.length
    const share = right.reduce((sum, flag) => sum + flag, 0) / rows.length
    expect(mean).toBeCloseTo(share, 2)
    expect(Math.abs(model.bias)).toBeLessThan(50)
  })

  it('recovers the coefficients that the flags were drawn with', () => {
    const right = drawn(rows, ([a = 0, b = 0]) => 0.5 + 2 * a - 1 * b, 2)
    const { weight, bias, mean, sd } = fitLogistic({ x, right, ridge: 1e-6 })
    const slopes = weight.map((w, k) => w / (sd[k] as number))
    const intercept = bias - slopes.reduce((sum, slope, k) => sum + slope * (mean[k] as number), 0)
    expect(slopes[0]).toBeCloseTo(2, 0)
    expect(Math.abs((slopes[0] as number) - 2)).toBeLessThan(0.2)
    expect(Math.abs((slopes[1] as number) + 1)).toBeLessThan(0.2)
    expect(Math.abs(intercept - 0.5)).toBeLessThan(0.15)
  })

  it('has nothing to add to an offset that is right, and corrects one that is too sure', () => {
    const logit = ([a = 0]: number[]): number => 2 * a
    const right = drawn(rows, logit, 3)
    const true_ = Float32Array.from(rows, logit)
    const kept = fitLogistic({ x, right, ridge: 25, offset: true_ })
    expect(Math.max(...kept.weight.map(Math.abs), Math.abs(kept.bias))).toBeLessThan(0.1)
    const corrected = fitLogistic({ x, right, ridge: 1, offset: true_.map((value) => 2 * value) })
    expect(corrected.weight[0] as number).toBeLessThan(-0.8)
  })

  it('shrinks towards the offset as the ridge grows', () => {
    const right = drawn(rows, ([a = 0]) => 2 * a, 4)
    const slopes = [1, 100, 10_000].map((ridge) => fitLogistic({ x, right, ridge }).weight[0] ?? 0)
    expect(slopes[0]).toBeGreaterThan(slopes[1] as number)
    expect(slopes[1]).toBeGreaterThan(slopes[2] as number)
    expect(slopes[2]).toBeGreaterThan(0)
  })

  it('ends where the pull of the rows and that of the ridge cancel out, by Platt’s targets', () => {
    const small = randomMatrix(60, 2, 8)
    const right = drawn(rowsOf(small), ([a = 0]) => 1 + 2 * a, 5)
    const model = fitLogistic({ x: small, right, ridge: 4 })
    const good = right.reduce((sum, flag) => sum + flag, 0)
    const targets = [1 / (60 - good + 2), (good + 1) / (good + 2)]
    model.weight.forEach((weight, k) => {
      const pull = rowsOf(small).reduce((sum, row, i) => {
        const standardised =
          ((row[k] as number) - (model.mean[k] as number)) / (model.sd[k] as number)
        return (
          sum + (logisticAt(model, row) - (targets[right[i] as number] as number)) * standardised
        )
      }, 0)
      expect(pull + 4 * weight).toBeCloseTo(0, 4)
    })
  })

  it('gives probabilities inside (0, 1), also where rows are few, equal or perfectly separated', () => {
    const flags = fc.array(
      fc.record({ value: fc.integer({ min: -3, max: 3 }), isRight: fc.boolean() }),
      { minLength: 1, maxLength: 12 },
    )
    fc.assert(
      fc.property(flags, fc.constantFrom(1, 25), (drawnRows, ridge) => {
        const model = fitLogistic({
          x: matrix(drawnRows.map(({ value }) => [value, 7])),
          right: Uint8Array.from(drawnRows, ({ isRight }) => (isRight ? 1 : 0)),
          ridge,
        })
        for (const { value } of drawnRows) {
          const p = logisticAt(model, [value, 7])
          expect(p).toBeGreaterThan(0)
          expect(p).toBeLessThan(1)
        }
      }),
    )
  })

  it('adds the offset to the log odds', () => {
    const model = { mean: [1], sd: [2], weight: [3], bias: -1 }
    expect(logisticAt(model, [3])).toBeCloseTo(sigmoid(2), 12)
    expect(logisticAt(model, [3], -4)).toBeCloseTo(sigmoid(-2), 12)
  })
})
