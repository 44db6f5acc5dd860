// The exact cache: who gets whose answer, for how long, and what is never kept.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RouterError } from '../../../src/errors.ts'
import type { CallRequest } from '../../../src/upstream/call/call.ts'
import { fakeAttempt, fakeDecision } from '../../support/http-fakes.ts'
import {
  base,
  COUNTS,
  completion,
  event,
  jsonReply,
  received,
  type SetupOptions,
  setup,
  streamReply,
  WIRE_USAGE,
} from './setup.ts'

const counted = (options: SetupOptions = {}) =>
  setup((_request, call) => jsonReply(completion(`answer ${call}`)), options)

const decided = (changes: Parameters<typeof fakeDecision>[0]) =>
  fakeDecision({ model: 'small', route: 'code', principal: 'key-1', ...changes })

describe('the exact cache', () => {
  it('answers the same request again without a call, free of cost', async () => {
    const { call, state } = counted()
    expect((await call()).cache).toEqual({ status: 'miss' })
    const again = await call()
    expect(again).toMatchObject({ attempts: [], cache: { status: 'hit', kind: 'exact' } })
    const { body } = await received(again)
    const usage = { ...WIRE_USAGE, cost: 0, original_cost: 13e-6 }
    expect(body).toEqual({ ...completion('answer 1'), usage })
    expect(again).toMatchObject({ reply: { usage: COUNTS } })
    expect(state.calls).toBe(1)
    expect(state.noted).toEqual(['code miss', 'code hit'])
  })

  it('is off where the route does not turn it on', async () => {
    const { call, state } = counted()
    const request = { decision: decided({ route: 'plain' }) }
    await call(request)
    expect((await call(request)).cache).toEqual({ status: 'bypass' })
    expect(state.calls).toBe(2)
  })

  it.each<[string, Partial<CallRequest>]>([
    ['another caller', { decision: decided({ principal: 'key-2' }) }],
    ['another model', { decision: decided({ model: 'large' }) }],
    ['another configuration', { decision: decided({ configVersion: 'beef' }) }],
    ['another requested model', { body: { ...base, model: 'route:code' } }],
    [
      'another system prompt',
      { body: { ...base, messages: [{ role: 'system', content: 'Be brief.' }, ...base.messages] } },
    ],
    ['a tool', { body: { ...base, tools: [{ type: 'function', function: { name: 'a' } }] } }],
    ['a temperature', { body: { ...base, temperature: 0.2 } }],
    ['a seed', { body: { ...base, seed: 1 } }],
    ['another role', { body: { ...base, messages: [{ role: 'system', content: 'Hello there' }] } }],
  ])('misses for %s', async (_difference, request) => {
    const { call, state } = counted()
    await call()
    expect((await call(request)).cache).toEqual({ status: 'miss' })
    expect(state.calls).toBe(2)
  })

  it('hits whatever says only how the answer is delivered and for whom it is counted', async () => {
    const { call, state } = counted()
    await call()
    const body = {
      metadata: { session_id: 'other' },
      ...base,
      user: 'someone',
      safety_identifier: 'x',
      prompt_cache_key: 'y',
      stream: false,
    }
    const request = { body, decision: decided({ sessionId: 's-2' }), requestId: 'req-2' }
    expect((await call(request)).cache).toEqual({ status: 'hit', kind: 'exact' })
    expect(state.calls).toBe(1)
  })

  it('misses for a schema whose fields are in another order: models answer in that order', async () => {
    const { call } = counted()
    const schema = (properties: object) => ({ body: { ...base, response_format: { properties } } })
    await call(schema({ a: 1, b: 2 }))
    expect((await call(schema({ b: 2, a: 1 }))).cache).toEqual({ status: 'miss' })
  })

  it('misses for any other body, and hits for any equal one', async () => {
    const field = fc.stringMatching(/^x_[a-z]{1,8}$/)
    const bodies = fc.dictionary(field, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
    const property = fc.asyncProperty(bodies, bodies, async (one, other) => {
      const { call, state } = counted()
      const a = JSON.stringify(one)
      const b = JSON.stringify(other)
      const asKey = (text: string) =>
        JSON.stringify(Object.entries(JSON.parse(text)).sort(([a], [b]) => (a < b ? -1 : 1)))
      await call({ body: { ...base, ...JSON.parse(a) } })
      await call({ body: { ...JSON.parse(a), ...base } })
      expect(state.calls).toBe(1)
      await call({ body: { ...base, ...JSON.parse(b) } })
      expect(state.calls).toBe(asKey(a) === asKey(b) ? 1 : 2)
    })
    await fc.assert(property, { numRuns: 100 })
  })

  it('forgets an answer when its time is over, and all of them when the configuration changes', async () => {
    const { call, state, cached } = counted({ cache: { ttl_ms: 5_000 } })
    await call()
    state.nowMs += 4_999
    expect((await call()).cache).toMatchObject({ status: 'hit' })
    state.nowMs += 1
    expect((await call()).cache).toEqual({ status: 'miss' })
    await call({ decision: decided({ configVersion: 'beef' }) })
    expect(cached.stats().entries).toBe(1)
  })

  it('obeys cache-control of the request', async () => {
    const { call, state } = counted()
    await call({ cacheControl: 'no-store' })
    expect((await call()).cache).toEqual({ status: 'miss' })
    expect((await call({ cacheControl: 'No-Cache' })).cache).toEqual({ status: 'bypass' })
    expect(state.calls).toBe(3)
    expect((await received(await call())).body).toMatchObject(
      JSON.parse('{"choices":[{"message":{"content":"answer 3"}}]}'),
    )
    state.nowMs += 2_000
    expect((await call({ cacheControl: 'max-age=3' })).cache).toMatchObject({ status: 'hit' })
    expect((await call({ cacheControl: 'private, max-age=2' })).cache).toEqual({ status: 'miss' })
  })

  it('stays out of a test of fallbacks', async () => {
    const { call } = counted()
    await call()
    expect((await call({ failTargets: '1' })).cache).toEqual({ status: 'bypass' })
    const body = { ...base, x_router_fail_targets: '1' }
    expect((await call({ body })).cache).toEqual({ status: 'bypass' })
  })
})

describe('what is never kept', () => {
  it.each(['length', 'content_filter', null])('an answer that ended with %s', async (reason) => {
    const body = {
      ...completion('half'),
      choices: [{ index: 0, message: {}, finish_reason: reason }],
    }
    const { call, state } = setup(() => jsonReply(body))
    await call()
    await call()
    expect(state.calls).toBe(2)
  })

  it('fewer choices than were asked for', async () => {
    const { call, state } = counted()
    await call({ body: { ...base, n: 2 } })
    await call({ body: { ...base, n: 2 } })
    expect(state.calls).toBe(2)
  })

  it('an error', async () => {
    const error = new RouterError('upstream_error', 'It failed.')
    const { call, state } = setup(() => ({ kind: 'error', error, attempts: [fakeAttempt()] }))
    expect((await call()).cache).toEqual({ status: 'miss' })
    await call()
    expect(state.calls).toBe(2)
  })

  it("a fallback's answer: the decision's model may be back by then", async () => {
    const reply = jsonReply(completion('from the fallback'))
    const attempts = [fakeAttempt({ model: 'small' }), fakeAttempt({ model: 'large' })]
    const { call, state } = setup(() => ({ kind: 'reply', reply, attempts }))
    await call()
    await call()
    expect(state.calls).toBe(2)
  })

  const chunk = (content: string, reason: string | null = null) =>
    event({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: reason }] })
  const whole = [chunk('Hel'), chunk('lo', 'stop'), event('[DONE]')]
  const ask = { body: { ...base, stream: true } }

  it.each([
    ['was cut', () => streamReply([chunk('Hel')], { outcome: 'interrupted' }, new Error('cut'))],
    ['was cut behind its last word', () => streamReply(whole, { outcome: 'interrupted' })],
    ['was left by its client', () => streamReply(whole, { outcome: 'client_closed' })],
    ['has no finish_reason', () => streamReply([chunk('Hel'), event('[DONE]')])],
    ['ran into its limit', () => streamReply([chunk('Hel', 'length'), event('[DONE]')])],
    [
      'holds an error',
      () => streamReply([chunk('Hi', 'stop'), event({ error: { message: 'x' } })]),
    ],
    ['is too long', () => streamReply([chunk('x'.repeat(3_000), 'stop'), event('[DONE]')])],
  ])('a stream that %s', async (_how, reply) => {
    const { call, state, cached } = setup(reply, { limits: { max_entry_bytes: 2_000 } })
    await received(await call(ask))
    await received(await call(ask))
    expect(state.calls).toBe(2)
    expect(cached.stats().entries).toBe(0)
  })

  it('a stream that its client stopped reading', async () => {
    const { call, cached } = setup(() => streamReply(whole))
    const result = await call(ask)
    if (result.kind !== 'reply' || result.reply.kind !== 'stream') throw new Error('no stream')
    const reader = result.reply.stream.getReader()
    await reader.read()
    await reader.cancel()
    expect(cached.stats().entries).toBe(0)
  })
})

describe('the bounds', () => {
  it('hold in entries and in bytes, whatever is asked', async () => {
    const limits = { max_entries: 5, max_bytes: 20_000, max_entry_bytes: 8_000 }
    const { call, cached } = setup(
      (_request, n) => jsonReply(completion('x'.repeat((n * 997) % 9_000))),
      { limits },
    )
    for (let i = 0; i < 60; i += 1) {
      await call({ body: { ...base, seed: i } })
      expect(cached.stats().entries).toBeLessThanOrEqual(5)
      expect(cached.stats().bytes).toBeLessThanOrEqual(20_000)
    }
    expect(cached.stats().entries).toBeGreaterThan(0)
  })
})
