import { describe, expect, it } from 'vitest'
import { decide, effectiveThresholds } from '../../../src/core/decide/decide.ts'
import type { Classification, Inheritance } from '../../../src/core/types.ts'

const classified = (scores: Record<string, number>): Classification => {
  const sorted = Object.entries(scores)
    .map(([route, score]) => ({ route, score }))
    .sort((a, b) => b.score - a.score)
  const confidence = sorted[0]?.score ?? 0
  return { scores: sorted, confidence, margin: 0, neighbours: [], novelty: 0, noveltyLimit: 1 }
}

const input = {
  requested: { kind: 'auto' as const },
  classification: classified({ code: 0.8, math: 0.2 }),
  degradedBy: null,
  thresholds: { code: 0.5, math: 0.5 },
  defaultRoute: 'general',
  models: { code: ['large'], math: ['large'], general: ['small'] },
}

describe('decide', () => {
  it('takes the best route when its confidence reaches its threshold', () => {
    expect(decide(input)).toEqual({
      route: 'code',
      reason: 'matched',
      threshold: 0.5,
      model: 'large',
    })
  })

  it('falls back to the default route when confidence is below the threshold', () => {
    const made = decide({ ...input, classification: classified({ code: 0.4, math: 0.3 }) })
    expect(made).toMatchObject({ route: 'general', reason: 'below_threshold', model: 'small' })
  })

  it('falls back to the default route when the negative exemplars win', () => {
    const made = decide({ ...input, classification: classified({ none: 0.9, code: 0.1 }) })
    expect(made).toMatchObject({ route: 'general', reason: 'below_threshold' })
  })

  it('never chooses a trained route that is no longer configured', () => {
    const made = decide({ ...input, classification: classified({ gone: 0.9, code: 0.1 }) })
    expect(made.route).not.toBe('gone')
  })

  it('takes no route for a prompt unlike all exemplars', () => {
    const classification = { ...classified({ code: 0.9, math: 0.1 }), novelty: 2 }
    expect(decide({ ...input, classification })).toMatchObject({ reason: 'below_threshold' })
  })

  it('says no_signal where nothing was compared', () => {
    expect(decide({ ...input, classification: null })).toMatchObject({ reason: 'no_signal' })
    expect(decide({ ...input, classification: classified({}) })).toMatchObject({
      reason: 'no_signal',
    })
  })

  it('takes the default route, degraded, when classification failed', () => {
    const made = decide({ ...input, classification: null, degradedBy: 'encoder_timeout' })
    expect(made).toMatchObject({ route: 'general', reason: 'degraded' })
  })

  it('obeys a pinned route and a pinned model', () => {
    const route = decide({ ...input, requested: { kind: 'route', route: 'math' } })
    expect(route).toMatchObject({ route: 'math', reason: 'pinned', model: 'large' })
    const model = decide({ ...input, requested: { kind: 'model', model: 'tiny' } })
    expect(model).toMatchObject({ reason: 'pinned', model: 'tiny' })
  })
})

describe('decide, with an earlier turn', () => {
  const summary = (scores: Record<string, number>) => {
    const { scores: sorted, confidence, novelty } = classified(scores)
    return { route: sorted[0]?.route ?? '', scores: sorted, confidence, novelty }
  }
  const inherited: Inheritance = {
    source: 'history',
    weight: 0.9,
    cues: ['0 content words'],
    turnsBack: 1,
    earlier: summary({ code: 0.85, math: 0.15 }),
    own: summary({ math: 0.6, code: 0.4 }),
  }

  it('says session where the earlier turn had the greater say', () => {
    expect(decide({ ...input, inherited })).toMatchObject({ route: 'code', reason: 'session' })
  })

  it('says session where the earlier turn changed the route, however small its weight', () => {
    const made = decide({ ...input, inherited: { ...inherited, weight: 0.4 } })
    expect(made).toMatchObject({ route: 'code', reason: 'session' })
  })

  it('says matched where the turn itself would have gone there, too', () => {
    const own = summary({ code: 0.7, math: 0.3 })
    const made = decide({ ...input, inherited: { ...inherited, weight: 0.2, own } })
    expect(made).toMatchObject({ route: 'code', reason: 'matched' })
  })

  it('stays where the earlier turn matched, though doubt about the turn itself lowers the sum', () => {
    const classification = classified({ code: 0.48, math: 0.32, other: 0.2 })
    const made = decide({ ...input, classification, inherited: { ...inherited, weight: 0.55 } })
    expect(made).toMatchObject({ route: 'code', reason: 'session' })
    const unsure = decide({ ...input, classification, inherited: { ...inherited, weight: 0.4 } })
    expect(unsure).toMatchObject({ route: 'general', reason: 'below_threshold' })
  })

  it('takes the default route where the earlier turn did', () => {
    const classification = classified({ code: 0.3, math: 0.2 })
    const earlier = summary({ code: 0.35, math: 0.3 })
    const made = decide({ ...input, classification, inherited: { ...inherited, earlier } })
    expect(made).toMatchObject({ route: 'general', reason: 'below_threshold' })
  })

  it('stays in a tool loop, also where the turn could not be classified again', () => {
    const staying = { ...inherited, source: 'tool_loop' as const, own: null }
    for (const degradedBy of [null, 'encoder_timeout']) {
      const made = decide({ ...input, classification: null, degradedBy, inherited: staying })
      expect(made).toMatchObject({ route: 'code', reason: 'session', model: 'large' })
    }
  })

  it('leaves a tool loop whose route is no longer configured', () => {
    const earlier = { ...inherited.earlier, route: 'gone' }
    const made = decide({ ...input, inherited: { ...inherited, source: 'tool_loop', earlier } })
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
