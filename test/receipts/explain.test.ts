import { describe, expect, it } from 'vitest'
import type { Classification, ClassificationParts } from '../../src/core/types.ts'
import { explain } from '../../src/receipts/explain.ts'

const parts = (changes: Partial<ClassificationParts> = {}): ClassificationParts => ({
  routes: ['code', 'math', 'none'],
  head: Float32Array.of(0.5, 0.25, 0.25),
  neighbours: Float32Array.of(0.5, 0.25, 0.25),
  centroids: Float32Array.of(0.5, 0.25, 0.25),
  words: Float32Array.of(0.5, 0.25, 0.25),
  weights: { head: 1, neighbours: 1, centroids: 0.5, words: 1 },
  sharpness: 1,
  twinShare: 0,
  ...changes,
})

const classified = (changes: Partial<Classification> = {}): Classification => ({
  scores: [
    { route: 'code', score: 0.75 },
    { route: 'math', score: 0.25 },
    { route: 'none', score: 0 },
  ],
  confidence: 0.8,
  margin: 0.5,
  neighbours: [
    { exemplarId: 'a', route: 'code', similarity: 0.95 },
    { exemplarId: 'b', route: 'math', similarity: 0.4 },
  ],
  novelty: -1,
  noveltyLimit: 2,
  parts: parts(),
  ...changes,
})

const matched = { reason: 'matched', threshold: 0.5 } as const
const abstained = { reason: 'below_threshold', threshold: 0.9 } as const
const explained = (changes: Partial<ClassificationParts>, scores = classified().scores) => {
  const made = explain(classified({ parts: parts(changes), scores }), matched)
  if (!made) throw new Error('nothing was explained')
  return made
}
const withoutEach = (changes: Partial<ClassificationParts>, scores = classified().scores) =>
  Object.fromEntries(explained(changes, scores).parts.map((p) => [p.part, p.withoutIt]))

describe('what each part said', () => {
  it('comes with its weight and its routes, best first', () => {
    const { parts: said } = explained({ head: Float32Array.of(0.1, 0.7, 0.2) })
    expect(said.map(({ part, weight }) => [part, weight])).toEqual([
      ['head', 1],
      ['neighbours', 1],
      ['centroids', 0.5],
      ['words', 1],
    ])
    expect(said[0]?.scores.map(({ route }) => route)).toEqual(['math', 'none', 'code'])
    expect(said[0]?.scores[0]?.score).toBeCloseTo(0.7, 6)
  })

  it('is cut to the five best of many routes', () => {
    const routes = Array.from({ length: 9 }, (_, i) => `r${i}`)
    const even = new Float32Array(9).fill(1 / 9)
    const many = { routes, head: even, neighbours: even, centroids: even, words: even }
    expect(explained(many).parts[0]?.scores).toHaveLength(5)
  })

  it('leaves words out where they do not count', () => {
    const weights = { ...parts().weights, words: 0 }
    expect(explained({ words: null, weights }).parts.map(({ part }) => part)).not.toContain('words')
  })
})

describe('the best route without a part', () => {
  it('differs where that part alone carried the decision', () => {
    const against = Float32Array.of(0.3, 0.4, 0.3)
    const changes = {
      head: Float32Array.of(0.98, 0.01, 0.01),
      ...{ neighbours: against, centroids: against, words: against },
    }
    expect(withoutEach(changes)).toEqual({
      head: 'math',
      neighbours: 'code',
      centroids: 'code',
      words: 'code',
    })
    expect(explained(changes).whatIf).toContain(
      'Without the trained head math would have been ahead.',
    )
  })

  it('is that of the twins for as long as the neighbours are left', () => {
    const against = Float32Array.of(0.05, 0.9, 0.05)
    const changes = {
      ...{ head: against, neighbours: against, centroids: against, words: against },
      twinShare: 0.95,
    }
    expect(withoutEach(changes)).toEqual({
      head: 'code',
      neighbours: 'math',
      centroids: 'code',
      words: 'code',
    })
    const pivots = explained(changes).whatIf.filter((said) => said.startsWith('Without'))
    expect(pivots).toEqual(['Without the nearest exemplars math would have been ahead.'])
  })

  it('counts the neighbours in for their twins where their vote has no weight', () => {
    const against = Float32Array.of(0.05, 0.9, 0.05)
    const changes = {
      ...{ head: against, neighbours: against, centroids: against, words: null },
      weights: { head: 1, neighbours: 0, centroids: 0, words: 0 },
      twinShare: 0.95,
    }
    expect(withoutEach(changes)).toMatchObject({ head: 'code', neighbours: 'math' })
  })

  it('is the decision’s own where there is no other part', () => {
    const only = {
      weights: { head: 1, neighbours: 0, centroids: 0, words: 0 },
      neighbours: Float32Array.of(0, 1, 0),
    }
    expect(new Set(Object.values(withoutEach(only)))).toEqual(new Set(['code']))
    expect(explained(only).whatIf.some((said) => said.startsWith('Without'))).toBe(false)
  })

  it('is not said of a part that was not asked', () => {
    const weights = { head: 1, neighbours: 1, centroids: 0, words: 1 }
    const { whatIf } = explained({ centroids: Float32Array.of(0, 1, 0), weights })
    expect(whatIf.some((said) => said.includes('centroids'))).toBe(false)
  })
})

describe('what would have had to differ', () => {
  it('names the runner-up and how far it was behind', () => {
    const made = explain(classified(), matched)
    expect(made?.runnerUp).toEqual({ route: 'math', score: 0.25, oddsBehind: 3 })
    expect(made?.whatIf).toEqual(['math would have won had it been 3.0 times as likely.'])
  })

  it('counts no further than a thousand', () => {
    const scores = [
      { route: 'code', score: 0.999999 },
      { route: 'math', score: 0.000001 },
    ]
    expect(explain(classified({ scores }), matched)?.whatIf).toEqual([
      'math would have won had it been over a thousand times as likely.',
    ])
  })

  it('has no runner-up where there is one route', () => {
    const one = { scores: [{ route: 'code', score: 1 }] }
    expect(explain(classified(one), matched)).toMatchObject({ runnerUp: null, whatIf: [] })
  })

  it('says what confidence was missing', () => {
    expect(explain(classified(), abstained)?.whatIf[0]).toBe(
      'code would have been taken with more confidence: it had 80.0 %, below its threshold of 90.0 %.',
    )
  })

  it('says that the prompt is unlike every exemplar, and by how much', () => {
    const made = explain(classified({ novelty: 3.456 }), { ...abstained, threshold: 0.5 })
    expect(made?.whatIf[0]).toBe('The prompt is unlike every exemplar: novelty 3.46, limit 2.00.')
    expect(made).toMatchObject({ novelty: 3.456, noveltyLimit: 2 })
  })

  it('says that the exemplars of none are nearest', () => {
    const scores = [
      { route: 'none', score: 0.6 },
      { route: 'code', score: 0.4 },
    ]
    expect(explain(classified({ scores }), abstained)?.whatIf[0]).toBe(
      'The prompt looks most like the exemplars of none, so no route was taken.',
    )
  })

  it('says nothing of thresholds where the route was taken', () => {
    const made = explain(classified({ novelty: 3 }), matched)
    expect(made?.whatIf).toEqual(['math would have won had it been 3.0 times as likely.'])
  })
})

describe('an explanation', () => {
  it('is none where nothing was classified, or the parts are not known', () => {
    const { parts: _parts, ...without } = classified()
    expect(explain(null, matched)).toBeNull()
    expect(explain(without, matched)).toBeNull()
  })

  it('has no novelty limit where nothing is too novel', () => {
    const made = explain(classified({ noveltyLimit: Number.POSITIVE_INFINITY }), matched)
    expect(made?.noveltyLimit).toBeNull()
  })
})

it('says why a route was taken whose confidence is below its threshold', () => {
  const made = explain(classified({ confidence: 0.3 }), { reason: 'matched', threshold: 0.4 })
  expect(made?.whatIf[0]).toBe(
    'code was taken with 30.0 %, below its threshold of 40.0 %, because the same models serve the three best routes.',
  )
  expect(explain(classified(), matched)?.whatIf.join()).not.toMatch(/same models/)
})
