import { describe, expect, it } from 'vitest'
import { effectiveThresholds } from '../../../src/core/decide/decide-route.ts'
import {
  decideTurn,
  type Inherited,
  type RoutePolicy,
  type Turn,
} from '../../../src/core/decide/decide-turn.ts'
import type { Classification } from '../../../src/core/types.ts'

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
}
const decide = (changes: Partial<Turn> = {}) =>
  decideTurn(
    {
      requested: { kind: 'auto' },
      own: classified({ code: 0.8, math: 0.2 }),
      inherited: null,
      degradedBy: null,
      ...changes,
    },
    policy,
  )

describe('a turn by itself', () => {
  it('takes the best route when its confidence reaches its threshold', () => {
    expect(decide()).toMatchObject({ route: 'code', reason: 'matched', threshold: 0.5 })
  })

  it('falls back to the default route when confidence is below the threshold', () => {
    const made = decide({ own: classified({ code: 0.4, math: 0.3 }) })
    expect(made).toMatchObject({ route: 'general', reason: 'below_threshold' })
  })

  it('falls back to the default route when the negative exemplars win', () => {
    const made = decide({ own: classified({ none: 0.9, code: 0.1 }) })
    expect(made).toMatchObject({ route: 'general', reason: 'below_threshold' })
  })

  it('never takes a trained route that is no longer configured', () => {
    expect(decide({ own: classified({ gone: 0.9, code: 0.1 }) }).route).not.toBe('gone')
  })

  it('takes no route for a prompt unlike all exemplars', () => {
    const own = { ...classified({ code: 0.9, math: 0.1 }), novelty: 2 }
    expect(decide({ own })).toMatchObject({ reason: 'below_threshold' })
  })

  it('says no_signal where nothing was compared', () => {
    expect(decide({ own: null })).toMatchObject({ reason: 'no_signal' })
    expect(decide({ own: classified({}) })).toMatchObject({ reason: 'no_signal' })
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

describe('effective thresholds', () => {
  it('prefer a configured number to the fitted one', () => {
    const made = effectiveThresholds(
      { code: { threshold: 'auto' }, math: { threshold: 0.9 }, general: { threshold: 'auto' } },
      { code: 0.4, math: 0.4 },
    )
    expect(made).toEqual({ code: 0.4, math: 0.9, general: 0 })
  })
})
