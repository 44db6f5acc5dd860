import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseRow } from '../../../../src/core/linear/vectors.ts'
import { createRandom } from '../../../../src/core/statistics/random.ts'
import { pickDiverse } from '../../../../src/training/review/clusters/pick-diverse.ts'
import {
  type RankedInput,
  rankDecisions,
  uncertaintyOf,
} from '../../../../src/training/review/clusters/rank-decisions.ts'

const WIDTH = 8

/** Unit rows near the given axes, one for each entry. */
const near = (axes: readonly number[], seed = 1) => {
  const random = createRandom(seed)
  const data = new Float32Array(axes.length * WIDTH)
  axes.forEach((axis, i) => {
    for (let j = 0; j < WIDTH; j++) {
      data[i * WIDTH + j] = (j === axis ? 1 : 0) + (random() - 0.5) * 0.2
    }
    normaliseRow(data, i * WIDTH, WIDTH)
  })
  return { rows: axes.length, cols: WIDTH, data }
}

const input = (changes: Partial<RankedInput> = {}): RankedInput => ({
  confidence: 0.5,
  threshold: 0.2,
  scores: [
    { route: 'code', score: 0.5 },
    { route: 'math', score: 0.5 },
  ],
  times: 1,
  stakeUsd: null,
  implicitBad: 0,
  isOpen: true,
  ...changes,
})

const axesOf = fc.array(fc.integer({ min: 0, max: WIDTH - 1 }), { minLength: 1, maxLength: 40 })

describe('rankDecisions', () => {
  it('gives open ones only, each once, as many as are asked for at most', () => {
    fc.assert(
      fc.property(axesOf, fc.integer({ min: 0, max: 50 }), (axes, count) => {
        const inputs = axes.map((axis) => input({ isOpen: axis % 2 === 0 }))
        const rows = rankDecisions(near(axes), inputs, count).map(({ row }) => row)
        expect(new Set(rows).size).toBe(rows.length)
        expect(rows.length).toBeLessThanOrEqual(count)
        for (const row of rows) expect(inputs[row]?.isOpen).toBe(true)
      }),
    )
  })

  it('takes the doubtful one of two alike, and counts what is alike', () => {
    const inputs = [input({ confidence: 0.95 }), input({ confidence: 0.3, times: 4 }), input()]
    const [first] = rankDecisions(near([0, 0, 3]), inputs, 3)
    expect(first?.row).toBe(1)
    expect(first?.similar).toBe(5)
  })

  it('takes from the crowd before an outlier of the same doubt', () => {
    const axes = [5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    const [first] = rankDecisions(
      near(axes),
      axes.map(() => input()),
      1,
    )
    expect(first?.row).not.toBe(0)
  })

  it('puts what costs more, and what callers disliked, before the rest', () => {
    const axes = [0, 0, 0, 0]
    const costly = axes.map((_, i) => input({ stakeUsd: i === 2 ? 0.5 : 0.001 }))
    expect(rankDecisions(near(axes), costly, 1)[0]).toMatchObject({ row: 2, stake: 4 })
    const disliked = axes.map((_, i) => input({ implicitBad: i === 1 ? 1 : 0 }))
    expect(rankDecisions(near(axes), disliked, 1)[0]?.row).toBe(1)
  })

  it('does not spend all labels on one cluster', () => {
    const axes = [
      ...Array<number>(30).fill(0),
      ...Array<number>(10).fill(1),
      ...Array<number>(10).fill(2),
    ]
    const picked = rankDecisions(
      near(axes),
      axes.map(() => input()),
      3,
    )
    expect(new Set(picked.map(({ row }) => axes[row]))).toEqual(new Set([0, 1, 2]))
  })
})

describe('uncertaintyOf', () => {
  it('lies in 0 to 1, and falls as confidence rises', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(share, share, share, (a, b, score) => {
        const scores = [
          { route: 'code', score },
          { route: 'math', score: 1 - score },
        ]
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((confidence) =>
          uncertaintyOf({ confidence, threshold: null, scores }),
        ) as [number, number]
        expect(low).toBeGreaterThanOrEqual(high)
        expect(high).toBeGreaterThanOrEqual(0)
        expect(low).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('is more where the confidence just missed or just reached its threshold', () => {
    const scores = input().scores
    const at = (threshold: number) => uncertaintyOf({ confidence: 0.8, threshold, scores })
    expect(at(0.81)).toBeGreaterThan(at(0.3))
  })
})

describe('pickDiverse', () => {
  it('begins with the largest weight, repeats nothing and leaves weightless rows', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(weights, (list) => {
        const rows = near(list.map((_, i) => i % WIDTH))
        const picked = pickDiverse(rows, list, { count: 10, apart: 0.5 })
        expect(new Set(picked).size).toBe(picked.length)
        for (const row of picked) expect(list[row]).toBeGreaterThan(0)
        if (picked.length > 0) expect(list[picked[0] as number]).toBe(Math.max(...list))
      }),
    )
  })

  it('picks the same text once', () => {
    const rows = near([0, 0, 4])
    rows.data.copyWithin(WIDTH, 0, WIDTH)
    expect(pickDiverse(rows, [3, 2, 1], { count: 3, apart: 0.5 })).toEqual([0, 2])
  })
})
