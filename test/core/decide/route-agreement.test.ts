import { describe, expect, it } from 'vitest'
import { routeDisagreement } from '../../../src/core/decide/route-agreement.ts'

const config = { routes: { code: {}, math: {}, general: {} }, default_route: 'general' }

describe('an index and a configuration', () => {
  it('agree where every route is on both sides, negative exemplars and default route aside', () => {
    expect(routeDisagreement(['code', 'math', 'none'], config)).toBeNull()
    expect(routeDisagreement(['code', 'math', 'general'], config)).toBeNull()
  })

  it('disagree about a trained route that is not configured, and what then happens is said', () => {
    const found = routeDisagreement(['code', 'math', 'law', 'none'], config)
    expect(found).toMatchObject({ unconfigured: ['law'], untrained: [] })
    expect(found?.message).toMatch(/knows law, not configured.*go to general.*unconfigured_route/)
  })

  it('disagree about a configured route without exemplars', () => {
    const found = routeDisagreement(['code'], config)
    expect(found).toMatchObject({ unconfigured: [], untrained: ['math'] })
    expect(found?.message).toMatch(/^math: configured, but unknown to the index.*rebuild/)
  })
})
