import { describe, expect, it } from 'vitest'
import { effectiveThresholds } from '../../../src/core/decide/decide-route.ts'
import {
  confidenceIn,
  decideTurn,
  type Inherited,
  type RoutePolicy,
  routePolicy,
  type Turn,
  WORDS_FIRST,
} from '../../../src/core/decide/decide-turn.ts'
import type { Classification, Recipe } from '../../../src/core/types.ts'

const classified = (scores: Record<string, number>): Classification => {
  const sorted = Object.entries(scores)
    .map(([route, score]) => ({ route, score }))
    .sort((a, b) => b.score - a.score)
  const confidence = sorted[0]?.score ?? 0
  return { scores: sorted, confidence, margin: 0, neighbours: [], novelty: 0, noveltyLimit: 1 }
}

const policy: RoutePolicy = {
  routes: new Set(['code', 'math', 'general']),
  defaultRoute: 'general',
  thresholds: { code: 0.5, math: 0.5 },
  noveltyLimit: 1,
  recipe: 2,
}
const decide = (changes: Partial<Turn> = {}, recipe: Recipe = 2) =>
  decideTurn(
    {
      requested: { kind: 'auto' },
      own: classified({ code: 0.8, math: 0.2 }),
      inherited: null,
      degradedBy: null,
      ...changes,
    },
    { ...policy, recipe },
  )

describe('a turn by itself', () => {
  it('takes the best route when its confidence reaches its threshold', () => {
    expect(decide()).toMatchObject({ route: 'code', reason: 'matched', threshold: 0.5 })
  })

  it('falls back to the default route when confidence is below the threshold', () => {
    const made = decide({ own: classified({ code: 0.4, math: 0.3 }) })
    expect(made).toMatchObject({ route: 'general', reason: 'below_threshold' })
  })

  it('says none_of_the_above where the negative exemplars win', () => {
    const made = decide({ own: classified({ none: 0.9, code: 0.1 }) })
    expect(made).toMatchObject({ route: 'general', reason: 'none_of_the_above', threshold: null })
  })

  it('says unconfigured_route where a trained route wins that is not configured', () => {
    const made = decide({ own: classified({ gone: 0.9999, code: 0.6 }) })
    expect(made).toMatchObject({ route: 'general', reason: 'unconfigured_route', threshold: null })
  })

  it('takes no route for a prompt unlike all exemplars', () => {
    const own = { ...classified({ code: 0.9, math: 0.1 }), novelty: 2 }
    expect(decide({ own })).toMatchObject({ reason: 'below_threshold' })
  })

  it('says no_signal where nothing was compared', () => {
    expect(decide({ own: null })).toMatchObject({ reason: 'no_signal' })
    expect(decide({ own: classified({}) })).toMatchObject({ reason: 'no_signal' })
  })

  it('says `words` where they decided before the encoder, and `degraded` where they decide instead of it', () => {
    const own = classified({ code: 0.9, math: 0.1 })
    expect(decide({ own, degradedBy: WORDS_FIRST })).toMatchObject({
      route: 'code',
      reason: 'words',
    })
    expect(decide({ own, degradedBy: 'encoder_timeout' })).toMatchObject({ reason: 'degraded' })
  })

  it('takes the default route, degraded, when classification failed', () => {
    const made = decide({ own: null, degradedBy: 'encoder_timeout' })
    expect(made).toMatchObject({ route: 'general', reason: 'degraded' })
  })

  it('obeys a pinned route and a pinned model', () => {
    const requested = { kind: 'route', route: 'math' } as const
    expect(decide({ requested })).toMatchObject({ route: 'math', reason: 'pinned' })
    const model = decide({ requested: { kind: 'model', model: 'tiny' } })
    expect(model).toMatchObject({ route: 'general', reason: 'pinned' })
  })
})

describe('a turn that continues an earlier one', () => {
  const summary = (scores: Record<string, number>) => {
    const { scores: sorted, confidence, novelty } = classified(scores)
    return { route: sorted[0]?.route ?? '', scores: sorted, confidence, novelty }
  }
  const own = classified({ math: 0.6, code: 0.4 })
  const continued = (weight: number, changes: Partial<Inherited> = {}): Inherited => ({
    source: 'history',
    weight,
    cues: ['0 content words'],
    turnsBack: 1,
    earlier: summary({ code: 0.85, math: 0.15 }),
    ...changes,
  })

  it('says session where the earlier turn had the greater say, and keeps both', () => {
    const made = decide({ own, inherited: continued(0.9) })
    expect(made).toMatchObject({ route: 'code', reason: 'session' })
    expect(made.classification?.scores[0]?.score).toBeCloseTo(0.9 * 0.85 + 0.1 * 0.4, 12)
    expect(made.inherited?.own).toEqual({ scores: own.scores, confidence: 0.6, novelty: 0 })
  })

  it('says session where the earlier turn changed the route, however small its weight', () => {
    const inherited = continued(0.49, { earlier: summary({ code: 0.99, math: 0.01 }) })
    expect(decide({ own, inherited })).toMatchObject({ route: 'code', reason: 'session' })
  })

  it('says matched where the turn itself would have gone there, too', () => {
    const made = decide({ own: classified({ code: 0.7, math: 0.3 }), inherited: continued(0.2) })
    expect(made).toMatchObject({ route: 'code', reason: 'matched' })
  })

  it('stays where the earlier turn matched, though doubt about the turn itself lowers the sum', () => {
    const doubt = classified({ other: 0.4, math: 0.35, code: 0.25 })
    const earlier = summary({ code: 0.6, math: 0.3, other: 0.1 })
    const made = decide({ own: doubt, inherited: continued(0.55, { earlier }) })
    expect(made).toMatchObject({ route: 'code', reason: 'session' })
    const unsure = decide({ own: doubt, inherited: continued(0.45, { earlier }) })
    expect(unsure).toMatchObject({ route: 'general', reason: 'below_threshold' })
  })

  it('takes the default route where the earlier turn did', () => {
    const earlier = summary({ code: 0.35, math: 0.3 })
    const made = decide({
      own: classified({ code: 0.3, math: 0.2 }),
      inherited: continued(0.9, { earlier }),
    })
    expect(made).toMatchObject({ route: 'general', reason: 'below_threshold' })
  })

  it('takes all of the earlier turn where it has nothing of its own, its novelty limit too', () => {
    const inherited = continued(1, { noveltyLimit: null })
    const made = decide({ own: null, inherited })
    expect(made).toMatchObject({ route: 'code', reason: 'session', inherited: { own: null } })
    expect(made.classification?.noveltyLimit).toBe(Number.POSITIVE_INFINITY)
    expect(decide({ own: null, inherited: continued(1) }).classification?.noveltyLimit).toBe(1)
  })

  it('stays in a tool loop, also where the turn could not be classified again', () => {
    for (const degradedBy of [null, 'encoder_timeout']) {
      const made = decide({
        own: null,
        degradedBy,
        inherited: continued(1, { source: 'tool_loop' }),
      })
      expect(made).toMatchObject({ route: 'code', reason: 'session', classification: null })
    }
  })

  it('leaves a tool loop whose route is no longer configured', () => {
    const earlier = { ...summary({ code: 0.85 }), route: 'gone' }
    const made = decide({ own, inherited: continued(1, { source: 'tool_loop', earlier }) })
    expect(made.route).not.toBe('gone')
  })
})

describe('the confidence of a decision', () => {
  const summary = { scores: [{ route: 'code', score: 0.85 }], confidence: 0.85, novelty: 0 }
  const ofIts = (made: ReturnType<typeof decide>) => confidenceIn(made, made.route)

  it('is that of the route that was taken', () => {
    expect(ofIts(decide())).toBe(0.8)
  })

  it('is that of the best route where it was too low to take it', () => {
    expect(ofIts(decide({ own: classified({ code: 0.4, math: 0.3, general: 0.2 }) }))).toBe(0.4)
  })

  it('is that of the default route, never of the winner, where the winner cannot be taken', () => {
    for (const winner of ['gone', 'none']) {
      expect(ofIts(decide({ own: classified({ [winner]: 0.99, general: 0.01 }) }))).toBe(0.01)
      expect(ofIts(decide({ own: classified({ [winner]: 0.99, code: 0.01 }) }))).toBeNull()
    }
  })

  it('is that of the earlier turn in a tool loop', () => {
    const inherited = {
      ...{ source: 'tool_loop' as const, weight: 1, cues: [], turnsBack: null },
      earlier: { route: 'code', ...summary },
    }
    expect(ofIts(decide({ own: classified({ math: 0.9, code: 0.1 }), inherited }))).toBe(0.85)
  })

  it('is that of the route that a key sent the prompt to instead', () => {
    expect(confidenceIn(decide(), 'math')).toBe(0.2)
    expect(confidenceIn(decide(), 'general')).toBeNull()
  })
})

describe('the recipe of earlier decisions', () => {
  it('took the best configured route by the confidence of the winner', () => {
    const made = decide({ own: classified({ gone: 0.9999, code: 0.0001 }) }, 1)
    expect(made).toMatchObject({ route: 'code', reason: 'matched', threshold: 0.5, recipe: 1 })
    expect(confidenceIn(made, 'code')).toBe(0.9999)
  })

  it('said below_threshold where the negative exemplars won', () => {
    const made = decide({ own: classified({ none: 1, code: 0 }) }, 1)
    expect(made).toMatchObject({ route: 'general', reason: 'below_threshold', threshold: 0 })
    expect(confidenceIn(made, 'general')).toBe(1)
  })
})

describe('effective thresholds', () => {
  it('prefer a configured number to the fitted one', () => {
    const made = effectiveThresholds(
      { code: { threshold: 'auto' }, math: { threshold: 0.9 }, general: { threshold: 'auto' } },
      { code: 0.4, math: 0.4 },
    )
    expect(made).toEqual({ code: 0.4, math: 0.9, general: 0 })
  })
})

describe('an unsure turn whose best routes are served by the same models', () => {
  const unsure = classified({ code: 0.35, math: 0.3, writing: 0.25, knowledge: 0.1 })
  const route = (models: string[], more: { threshold?: number; select?: string } = {}) => ({
    threshold: more.threshold ?? ('auto' as const),
    select: more.select ?? 'first',
    models,
  })
  const decideWith = (
    routes: Record<string, ReturnType<typeof route>>,
    { own = unsure, recipe }: { own?: Classification; recipe?: Recipe } = {},
  ) => {
    const all = { knowledge: route(['small']), general: route(['large']), ...routes }
    const thresholds = { code: 0.4, math: 0.4, writing: 0.4 }
    const turn = { requested: { kind: 'auto' as const }, own, inherited: null, degradedBy: null }
    const fitted = { thresholds, parameters: {} }
    return decideTurn(turn, routePolicy({ routes: all, default_route: 'general' }, fitted, recipe))
  }
  const alike = {
    code: route(['large', 'small']),
    math: route(['large', 'small']),
    writing: route(['large', 'small']),
  }

  it('takes the best of them, with the confidence and the threshold that it has', () => {
    const made = decideWith(alike)
    expect(made).toMatchObject({ route: 'code', reason: 'matched', threshold: 0.4 })
    expect(confidenceIn(made, 'code')).toBe(0.35)
  })

  it.each([
    ['another model serves the third', { writing: route(['large']) }],
    ['the order of the models differs', { math: route(['small', 'large']) }],
    ['they are chosen in another way', { math: route(['large', 'small'], { select: 'cheapest' }) }],
    ['the threshold is a number', { code: route(['large', 'small'], { threshold: 0.4 }) }],
  ])('abstains where %s', (_name, changes) => {
    expect(decideWith({ ...alike, ...changes })).toMatchObject({ reason: 'below_threshold' })
  })

  it('abstains where none or a route that is not configured is among the three, or only two are known', () => {
    const withNone = classified({ code: 0.35, none: 0.3, math: 0.25, writing: 0.1 })
    const withGone = classified({ code: 0.35, gone: 0.3, math: 0.25, writing: 0.1 })
    const two = classified({ code: 0.35, math: 0.3 })
    for (const own of [withNone, withGone, two]) {
      expect(decideWith(alike, { own })).toMatchObject({ reason: 'below_threshold' })
    }
  })

  it('takes no route for a prompt unlike all exemplars', () => {
    const own = { ...unsure, novelty: 2 }
    expect(decideWith(alike, { own })).toMatchObject({ reason: 'below_threshold' })
  })

  it('still abstains by the rules of before', () => {
    expect(decideWith(alike, { recipe: 2 })).toMatchObject({ reason: 'below_threshold' })
  })

  it('takes no route where those that are not configured are likelier together', () => {
    const own = { ...classified({ code: 0.4, gone: 0.3, away: 0.2, math: 0.1 }), confidence: 0.6 }
    expect(decideWith(alike, { own })).toMatchObject({ reason: 'unconfigured_route' })
    expect(decideWith(alike, { own, recipe: 2 })).toMatchObject({ reason: 'matched' })
  })
})
