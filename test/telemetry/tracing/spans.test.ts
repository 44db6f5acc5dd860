import { describe, expect, it } from 'vitest'
import {
  attemptAttributes,
  routeAttributes,
  usageAttributes,
} from '../../../src/telemetry/tracing/attributes.ts'
import { stagesOf } from '../../../src/telemetry/tracing/route-spans.ts'
import { fakeDecision } from '../../support/http-fakes.ts'

describe('stages of a decision', () => {
  it('follow each other without a gap up to its end', () => {
    const timings = { routingTextMs: 1, embedMs: 3, searchMs: 0.5, scoreMs: 0.2, totalMs: 6 }
    expect(stagesOf(timings)).toEqual([
      { name: 'signalbox.embed', from: 1, to: 4 },
      { name: 'signalbox.search', from: 4, to: 4.5 },
      { name: 'signalbox.decide', from: 4.5, to: 6 },
    ])
  })

  it('leave out what was skipped', () => {
    expect(stagesOf({ totalMs: 2 })).toEqual([{ name: 'signalbox.decide', from: 0, to: 2 }])
  })
})

describe('attributes', () => {
  const call = {
    operation: 'chat',
    provider: 'mine',
    model: 'm',
    upstreamName: 'grok',
    isStream: true,
  }

  it('of a call have the names of the convention that is asked for', () => {
    const names = (semconv: 'latest' | 'older' | 'both') =>
      Object.entries(attemptAttributes(call, { system: 'x_ai', semconv })).filter(([name]) =>
        ['gen_ai.provider.name', 'gen_ai.system', 'gen_ai.request.stream'].includes(name),
      )
    expect(names('latest')).toEqual([
      ['gen_ai.provider.name', 'x_ai'],
      ['gen_ai.request.stream', true],
    ])
    expect(names('older')).toEqual([['gen_ai.system', 'xai']])
    expect(names('both').length).toBe(3)
  })

  it('of usage tell what came from and went to the cache of the provider', () => {
    const usage = {
      promptTokens: 10,
      completionTokens: 5,
      cachedPromptTokens: 4,
      cacheWriteTokens: 2,
      isEstimated: true,
    }
    expect(usageAttributes(usage, 'latest')).toEqual({
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.usage.cache_read.input_tokens': 4,
      'gen_ai.usage.cache_write.input_tokens': 2,
      'signalbox.usage.estimated': true,
    })
  })

  it('of a decision name the policy and how likely it was to choose so', () => {
    const candidate = { model: 'small', propensity: 0.25 }
    const selection = { policy: 'weighted', candidates: [candidate] }
    const decision = { ...fakeDecision({ model: 'small' }), selection } as never
    expect(routeAttributes(decision, false)).toMatchObject({
      'signalbox.policy': 'weighted',
      'signalbox.propensity': 0.25,
    })
    expect(routeAttributes(decision, false)).not.toHaveProperty('signalbox.routing_text')
  })
})
