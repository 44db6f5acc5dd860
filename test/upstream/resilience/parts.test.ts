// The small parts of the loop, each by what it promises.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RouterError } from '../../../src/errors.ts'
import { backoffMs } from '../../../src/upstream/resilience/backoff.ts'
import { createCooldown } from '../../../src/upstream/resilience/cooldown.ts'
import { readFailure } from '../../../src/upstream/resilience/failure.ts'
import { createHeadroom } from '../../../src/upstream/resilience/headroom.ts'
import { createRetryBudget } from '../../../src/upstream/resilience/retry-budget.ts'

it('backs off anywhere up to the doubled base, never beyond the maximum', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.double({ min: 0, max: 0.999, noNaN: true }), (retry, x) => {
      const ms = backoffMs(retry, { baseMs: 500, maxMs: 8_000, random: () => x })
      expect(ms).toBeCloseTo(x * Math.min(8_000, 500 * 2 ** retry))
    }),
  )
})

it('T28 a cooldown extends, never shortens, and never exceeds a minute', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(100_000), fc.nat(90_000))), (steps) => {
      let nowMs = 0
      const cooldown = createCooldown(() => nowMs)
      for (const [passedMs, askedMs] of steps) {
        nowMs += passedMs
        const before = cooldown.waitMs()
        cooldown.extend(askedMs)
        expect(cooldown.waitMs()).toBe(Math.max(before, Math.min(askedMs, 60_000)))
      }
    }),
  )
})

it('T19 gives out three retries, or a fifth of what is in flight', () => {
  fc.assert(
    fc.property(fc.nat(300), (inFlight) => {
      const budget = createRetryBudget()
      for (let n = 0; n < inFlight; n += 1) budget.enter()
      let taken = 0
      while (budget.take() !== null) taken += 1
      expect(taken).toBe(Math.max(3, Math.floor(inFlight / 5)))
    }),
  )
})

it('takes a retry back once, and a request that has left no longer counts', () => {
  const budget = createRetryBudget()
  const leave = budget.enter()
  const giveBack = budget.take()
  giveBack?.()
  giveBack?.()
  leave()
  leave()
  expect(budget).toMatchObject({ inFlight: 0, retrying: 0 })
})

it('counts headroom down by what is sent, and forgets it when it is restored', () => {
  let nowMs = 0
  const headroom = createHeadroom(() => nowMs)
  expect(headroom.fits(1_000_000)).toBe(true)
  headroom.learn({
    remainingRequests: 2,
    remainingTokens: 100,
    resetRequestsMs: 1_000,
    resetTokensMs: 500,
  })
  expect([headroom.fits(100), headroom.fits(101)]).toEqual([true, false])
  headroom.spend(60)
  expect(headroom.view()).toEqual({ requests: 1, tokens: 40 })
  headroom.spend(10)
  expect(headroom.fits(1)).toBe(false)
  nowMs = 1_000
  expect(headroom.fits(1_000)).toBe(true)
  expect(headroom.view()).toEqual({ requests: null, tokens: null })
})

const providerError = (status: number, details: object = {}, isRetryable = false): RouterError =>
  new RouterError('upstream_error', 'no', { isRetryable, details: { status, ...details } })

it.each([
  ['OpenAI', { providerCode: 'context_length_exceeded' }],
  ['Anthropic', { providerMessage: 'prompt is too long: 210000 tokens > 200000 maximum' }],
  [
    'Gemini',
    { providerMessage: 'The input token count exceeds the maximum number of tokens allowed' },
  ],
  ['vLLM', { providerMessage: "This model's maximum context length is 4096 tokens." }],
  ['llama.cpp', { providerMessage: 'the request exceeds the available context size' }],
])('knows a prompt that is too long as %s says it', (_, details) => {
  expect(readFailure(providerError(400, details))).toMatchObject({
    kind: 'context_window',
    mayRetryTarget: false,
    outcome: 'neutral',
  })
})

it.each([
  ['OpenAI', { providerCode: 'content_policy_violation' }],
  [
    'Azure',
    { providerCode: 'content_filter', providerMessage: "Azure OpenAI's content management policy" },
  ],
])('knows a refusal by policy as %s says it', (_, details) => {
  expect(readFailure(providerError(400, details)).kind).toBe('content_policy')
})

it.each([
  [
    'a bad request',
    providerError(400),
    { kind: 'final', mayRetryTarget: false, outcome: 'neutral' },
  ],
  [
    'an unknown model',
    providerError(404),
    { kind: 'general', mayRetryTarget: false, outcome: 'neutral' },
  ],
  [
    'a refused key',
    providerError(401, { isKeyRejected: true }),
    { kind: 'general', isKeyRejected: true, outcome: 'neutral' },
  ],
  [
    'a rate limit',
    providerError(429, { retryAfterMs: 86_400_000 }, true),
    {
      kind: 'general',
      mayRetryTarget: true,
      isRateLimited: true,
      retryAfterMs: 60_000,
      outcome: 'neutral',
    },
  ],
  [
    'a spent quota',
    providerError(429, { providerCode: 'insufficient_quota' }, true),
    { kind: 'general', mayRetryTarget: false, isRateLimited: true },
  ],
  [
    'an outage',
    providerError(502, {}, true),
    { kind: 'general', mayRetryTarget: true, outcome: 'failure' },
  ],
  [
    'a reset',
    new RouterError('upstream_unavailable', 'no'),
    { mayRetryTarget: true, outcome: 'failure' },
  ],
  [
    'a connection that never stood',
    new RouterError('upstream_unavailable', 'no', {
      details: { causeCode: 'UND_ERR_CONNECT_TIMEOUT' },
    }),
    { mayRetryTarget: false, outcome: 'failure' },
  ],
  [
    'silence',
    new RouterError('upstream_timeout', 'no'),
    { kind: 'general', mayRetryTarget: false, outcome: 'failure' },
  ],
  [
    'a cut',
    new RouterError('upstream_interrupted', 'no'),
    { kind: 'general', mayRetryTarget: false, outcome: 'failure' },
  ],
  [
    'what is no answer',
    new RouterError('upstream_invalid', 'no', { details: { status: 200 } }),
    { kind: 'general', mayRetryTarget: false, outcome: 'failure' },
  ],
  [
    'a final error under status 200',
    new RouterError('upstream_invalid', 'no', { details: { status: 200, providerStatus: 400 } }),
    { kind: 'final', outcome: 'neutral' },
  ],
  [
    'a request that is the caller’s mistake',
    new RouterError('invalid_request', 'no'),
    { kind: 'final', outcome: 'neutral' },
  ],
  [
    'a client that left',
    new RouterError('client_closed', 'no'),
    { kind: 'final', outcome: 'neutral' },
  ],
  ['a bug of ours', new RouterError('internal', 'no'), { kind: 'final', outcome: 'neutral' }],
])('reads %s', (_, error, expected) => {
  expect(readFailure(error)).toMatchObject(expected)
})
