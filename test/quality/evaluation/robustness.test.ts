import { describe, expect, it } from 'vitest'
import { plainKnnRoute } from '../../../src/core/classifier/plain-knn.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { type FlipObservation, flipReport } from '../../../src/quality/evaluation/flips.ts'
import { type PairObservation, pairReport } from '../../../src/quality/evaluation/pairs.ts'

const flip = (more: Partial<FlipObservation>): FlipObservation => ({
  row: 0,
  kind: 'typos',
  label: 'a',
  before: 'a',
  after: 'a',
  knnBefore: 'a',
  knnAfter: 'b',
  ...more,
})

describe('flips', () => {
  const report = flipReport(
    [
      flip({}),
      flip({ kind: 'case', after: null }),
      flip({ row: 1, label: 'b', after: 'b' }),
      flip({ row: 1, label: 'b', before: null, after: null, knnAfter: 'a' }),
    ],
    createRandom(1),
  )

  it('are counted over all rewritings, an abstention being a route like others', () => {
    expect(report).toMatchObject({ prompts: 2, rewritings: 4, flipRate: 0.5, knnFlipRate: 0.75 })
  })

  it('are told by kind and by label, and wrong ones apart', () => {
    expect(report.kinds).toEqual([
      { name: 'typos', rows: 3, flipRate: 1 / 3, knnFlipRate: 2 / 3, wrongFlipRate: 0 },
      { name: 'case', rows: 1, flipRate: 1, knnFlipRate: 1, wrongFlipRate: 0 },
    ])
    expect(report.routes.map(({ name }) => name)).toEqual(['a', 'b'])
    const wrong = flipReport([flip({ after: 'c' })], createRandom(1))
    expect(wrong.kinds[0]?.wrongFlipRate).toBe(1)
  })

  it('have an interval over prompts: one prompt alone has none of its width', () => {
    const alone = flipReport([flip({}), flip({ after: 'b' })], createRandom(1))
    expect(alone.interval).toEqual([0.5, 0.5])
    const two = flipReport([flip({}), flip({ row: 1, after: 'b' })], createRandom(1))
    expect(two.interval).toEqual([0, 1])
  })

  it('are null where nothing was rewritten', () => {
    expect(flipReport([], createRandom(1))).toMatchObject({ flipRate: null, interval: null })
  })
})

describe('pairs', () => {
  const pair = (more: Partial<PairObservation>): PairObservation => ({
    label: 'a',
    a: 'a',
    b: 'a',
    topA: 'a',
    topB: 'a',
    knnA: 'a',
    knnB: 'b',
    ...more,
  })

  it('agree where both get one route, or none', () => {
    const report = pairReport(
      [
        pair({}),
        pair({ a: null, b: null, knnB: 'a' }),
        pair({ b: null }),
        pair({ label: null, b: 'c', topB: 'c' }),
      ],
      createRandom(1),
    )
    expect(report).toMatchObject({
      pairs: 4,
      agreement: 0.5,
      topAgreement: 0.75,
      knnAgreement: 0.25,
      contradiction: 0.25,
      bothRight: 1 / 3,
    })
  })

  it('are null where there is none, and their rightness where no route is known', () => {
    expect(pairReport([], createRandom(1))).toBeNull()
    expect(pairReport([pair({ label: null })], createRandom(1))?.bothRight).toBeNull()
  })
})

describe('the plain ten-nearest vote', () => {
  const routes = (names: string) => [...names].map((route) => ({ route }))

  it('takes the majority of ten, and of equals the nearest', () => {
    expect(plainKnnRoute(routes('abb'))).toBe('b')
    expect(plainKnnRoute(routes('baab'))).toBe('b')
    expect(plainKnnRoute(routes('aaaaabbbbbbbbb'))).toBe('a')
    expect(plainKnnRoute([])).toBeNull()
  })
})
