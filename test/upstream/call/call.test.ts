// The call as a value: what served or what went wrong, what it took, and the order in which targets are tried.
import { expect, it } from 'vitest'
import { checkConfig } from '../../../src/config/load-config.ts'
import type { UpstreamTarget } from '../../../src/dialects/chat/upstream-request.ts'
import { RouterError } from '../../../src/errors.ts'
import { type CallRequest, createCallUpstream } from '../../../src/upstream/call/call.ts'
import { createEchoUpstream } from '../../../src/upstream/echo/echo.ts'
import { createResilience } from '../../../src/upstream/resilience/resilience.ts'
import type { Upstream, UpstreamReply } from '../../../src/upstream/upstream.ts'
import { chosenFor } from '../../support/chosen.ts'
import { createTestLogger, requestOf } from '../harness.ts'

const { target, body, requestId, signal } = requestOf('up')

const setup = (upstream: Upstream, config: object = {}) => {
  let clock = 1_000
  const now = (): number => {
    clock += 5
    return clock
  }
  const checked = checkConfig(
    {
      providers: { fake: { kind: 'echo' } },
      models: {
        small: { provider: 'fake', name: 'up' },
        second: { provider: 'fake', name: 'second' },
        third: { provider: 'fake', name: 'third' },
      },
      routes: { code: { models: ['small'] } },
      default_route: 'code',
      resilience: { backoff_base_ms: 1 },
      ...config,
    },
    'the test configuration',
  )
  const targets: Record<string, UpstreamTarget> = Object.fromEntries(
    Object.keys(checked.models).map((model) => [model, { ...target, model }]),
  )
  const { logger, lines } = createTestLogger()
  const resilience = createResilience({ config: checked, logger, random: () => 0.5 })
  const callUpstream = createCallUpstream({
    upstreams: { fake: upstream },
    targets,
    resilience,
    now,
  })
  const { chain } = chosenFor(checked, { body })
  const call = (request: Partial<CallRequest> = {}) =>
    callUpstream({
      decision: { model: 'small', route: 'code' },
      chain,
      body,
      requestId,
      signal,
      ...request,
    })
  return { call, chain, resilience, lines }
}

const failing = (error: unknown): Upstream => ({
  kind: 'openai',
  chat: () => Promise.reject(error),
})
const attempt = { provider: 'fake', model: 'small', startedAtMs: 1_015, durationMs: 5 }
const route = { routes: { code: { models: ['small', 'second', 'third'] } } }

/** Answers for the models it is given replies or errors for; the models called are kept in order. */
const scripted = (script: Record<string, RouterError | Partial<UpstreamReply>>) => {
  const called: string[] = []
  const upstream: Upstream = {
    kind: 'openai',
    chat: async ({ target: { model } }) => {
      called.push(model)
      const said = script[model] ?? {}
      if (said instanceof RouterError) throw said
      return { kind: 'json', status: 200, body: {}, usage: null, ...said } as UpstreamReply
    },
  }
  return { called, upstream }
}
const down = (details: object = {}): RouterError =>
  new RouterError('upstream_error', 'down', { details: { status: 503, ...details } })

it('gives the reply and its attempt', async () => {
  const result = await setup(createEchoUpstream()).call()
  expect(result).toMatchObject({
    kind: 'reply',
    reply: { kind: 'json' },
    attempts: [{ ...attempt, status: 200, errorCode: null }],
  })
  expect(JSON.stringify(result)).toContain('Route: code')
})

it('gives a provider’s error as a value, with its status', async () => {
  const error = new RouterError('upstream_error', 'no', {
    details: { status: 401 },
    isRetryable: false,
  })
  expect(await setup(failing(error)).call()).toMatchObject({
    kind: 'error',
    error,
    attempts: [{ ...attempt, status: 401, errorCode: 'upstream_error' }],
  })
})

it('keeps of a provider’s message its shape, and nothing of what was asked', async () => {
  const error = new RouterError('upstream_error', 'no', {
    isRetryable: false,
    details: {
      status: 401,
      isKeyRejected: true,
      causeCode: 'not a code: secret',
      providerCode: 'invalid_api_key',
      providerMessage: 'Incorrect API key provided for "my private diary".',
    },
  })
  const { attempts } = await setup(failing(error)).call()
  expect(attempts[0]?.failure).toEqual({
    shape: 'invalid_api_key incorrect api key provided for …',
    isKeyRejected: true,
  })
})

it('keeps the code of a broken connection with its attempt', async () => {
  const details = { status: null, causeCode: 'ECONNREFUSED' }
  const error = new RouterError('upstream_unavailable', 'no', { isRetryable: false, details })
  const { attempts } = await setup(failing(error)).call()
  expect(attempts[0]?.failure).toEqual({ causeCode: 'ECONNREFUSED' })
})

it('gives an unexpected error as internal, its attempt without a status', async () => {
  expect(await setup(failing(new TypeError('bug'))).call()).toMatchObject({
    kind: 'error',
    error: { code: 'internal' },
    attempts: [{ ...attempt, status: null, errorCode: 'internal' }],
  })
})

it('gives a model that nobody serves as an error without attempts', async () => {
  const { call, chain } = setup(createEchoUpstream())
  expect(await call({ chain: { ...chain, models: ['gone'] } })).toMatchObject({
    kind: 'error',
    error: { code: 'internal' },
    attempts: [],
  })
})

it('tries the models of the chain in order, and counts waits apart from attempts', async () => {
  const { called, upstream } = scripted({ small: down(), second: down() })
  const fallback = { resilience: { backoff_base_ms: 1, fallbacks: { general: ['third'] } } }
  const routes = { code: { models: ['small', 'second'] } }
  const result = await setup(upstream, { ...fallback, routes }).call()
  expect(called).toEqual(['small', 'small', 'second', 'third'])
  expect(result).toMatchObject({ kind: 'reply', attempts: { length: 4 } })
  expect(result.waitedMs).toBeGreaterThan(0)
})

it('puts a target without headroom behind, and calls it where no other is left', async () => {
  const used = {
    remainingRequests: 0,
    remainingTokens: 5_000,
    resetRequestsMs: 60_000,
    resetTokensMs: null,
  }
  const { called, upstream } = scripted({ small: { rateLimit: used }, second: { rateLimit: used } })
  const { call, resilience } = setup(upstream, {
    routes: { code: { models: ['small', 'second'] } },
  })
  for (let n = 0; n < 3; n += 1) await call()
  expect(called).toEqual(['small', 'second', 'small'])
  expect(resilience.health().targets[0]).toMatchObject({
    remainingRequests: 0,
    remainingTokens: 5_000,
  })
})

it('passes over a provider kind that cannot be asked for it, without counting an attempt', async () => {
  const refusal = new RouterError('invalid_request', 'top_k: only for others')
  const { called, upstream } = scripted({ small: refusal })
  expect(await setup(upstream, route).call()).toMatchObject({
    kind: 'reply',
    attempts: [{ model: 'second' }],
  })
  expect(called).toEqual(['small', 'second'])
  const all = scripted({ small: refusal, second: refusal, third: refusal })
  expect(await setup(all.upstream, route).call()).toMatchObject({
    kind: 'error',
    error: refusal,
    attempts: [],
  })
})

it('makes no attempt for a client that has already left', async () => {
  const { called, upstream } = scripted({})
  const result = await setup(upstream).call({ signal: AbortSignal.abort() })
  expect(result).toMatchObject({ kind: 'error', error: { code: 'client_closed' }, attempts: [] })
  expect(called).toEqual([])
})
