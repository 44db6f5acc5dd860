import { describe, expect, it } from 'vitest'
import { decide, effectiveThresholds } from '../../src/core/decide.ts'
import type { Classification } from '../../src/core/types.ts'

const classified = (scores: Record<string, number>): Classification => {
  const sorted = Object.entries(scores)
    .map(([route, score]) => ({ route, score }))
    .sort((a, b) => b.score - a.score)
  return { scores: sorted, confidence: sorted[0]?.score ?? 0, margin: 0, neighbours: [] }
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

describe('effective thresholds', () => {
  it('prefer a configured number to the fitted one', () => {
    const made = effectiveThresholds(
      { code: { threshold: 'auto' }, math: { threshold: 0.9 }, general: { threshold: 'auto' } },
      { code: 0.4, math: 0.4 },
    )
    expect(made).toEqual({ code: 0.4, math: 0.9, general: 0 })
  })
})
