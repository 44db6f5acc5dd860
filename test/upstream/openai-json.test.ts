// Whole answers from a real provider on loopback: relayed, priced, refused, capped, aborted.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RouterError } from '../../src/errors.ts'
import {
  COMPLETION,
  type FakeProvider,
  startFakeProvider,
  USAGE_VALUES,
} from '../support/fake-provider.ts'
import { API_KEY, asJson, requestOf, upstreamFor } from './harness.ts'

let provider: FakeProvider
beforeAll(async () => {
  provider = await startFakeProvider()
})
afterAll(() => provider.close())

const chat = (fault: string, body = {}) =>
  upstreamFor(provider.baseUrl).upstream.chat(requestOf(fault, body))

/** The error of a call that must fail. */
const failure = async (promise: Promise<unknown>): Promise<RouterError> =>
  promise.then(
    () => {
      throw new Error('expected the call to fail')
    },
    (error: RouterError) => error,
  )

describe('a JSON answer', () => {
  it('is the provider’s, with usage and cost', async () => {
    const reply = asJson(await chat('ok'))
    expect(reply.status).toBe(200)
    expect(reply.body).toEqual({ ...COMPLETION, usage: { ...USAGE_VALUES, cost: 13 / 1e6 } })
    expect(reply.usage).toEqual({ promptTokens: 7, completionTokens: 3, isEstimated: false })
  })

  it('has cost null where the price is unknown', async () => {
    const request = requestOf('ok')
    request.target.price = { input: null, output: 2 }
    const reply = asJson(await upstreamFor(provider.baseUrl).upstream.chat(request))
    expect(reply.body.usage).toEqual({ ...USAGE_VALUES, cost: null })
  })

  it('without usage is left as it is, and counted for the log', async () => {
    const reply = asJson(await chat('no-usage'))
    expect(reply.body).not.toHaveProperty('usage')
    expect(reply.usage).toEqual({ promptTokens: 2, completionTokens: 2, isEstimated: true })
  })
})

describe('what the provider receives', () => {
  it('is the caller’s body with the model’s name there, and unknown fields untouched', async () => {
    const body = { temperature: 0.3, x_vendor: { deep: [1, { key: 'a vendor’s own field' }] } }
    await chat('ok', body)
    const attempt = provider.attempts.at(-1)
    expect(attempt?.path).toBe('/v1/chat/completions')
    expect(attempt?.body).toEqual({
      ...body,
      model: 'ok',
      messages: [{ role: 'user', content: 'Hello there' }],
    })
    expect(attempt?.headers.authorization).toBe(`Bearer ${API_KEY}`)
  })

  it('has no field that is the router’s own or could redirect a proxy', async () => {
    const elsewhere = 'http://127.0.0.1:1/v1'
    const body = {
      models: ['a'],
      base_url: elsewhere,
      api_base: elsewhere,
      api_key: 'k',
      extra_headers: {},
    }
    await chat('ok', body)
    expect(Object.keys(provider.attempts.at(-1)?.body ?? {}).sort()).toEqual(['messages', 'model'])
  })

  it('has no authorization header where there is no key', async () => {
    const { upstream } = upstreamFor(provider.baseUrl, { keys: [] })
    await upstream.chat(requestOf('ok'))
    expect(provider.attempts.at(-1)?.headers).not.toHaveProperty('authorization')
  })
})

describe('a provider’s error status', () => {
  it.each([
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [408, true],
    [409, true],
    [422, false],
    [429, true],
    [500, true],
    [502, true],
    [503, true],
    [529, true],
  ])('%i is upstream_error, retryable: %s', async (status, isRetryable) => {
    const error = await failure(chat(`status-${status}`))
    expect(error).toMatchObject({
      code: 'upstream_error',
      isRetryable,
      param: 'model',
      details: {
        status,
        retryAfterMs: null,
        isKeyRejected: status === 401 || status === 403,
        providerType: 'server_error',
        providerMessage: `no such model: status-${status}`,
      },
    })
  })

  it('carries the wait that the provider asks for', async () => {
    const error = await failure(chat('rate-limited'))
    expect(error.details).toMatchObject({
      status: 429,
      retryAfterMs: 2_000,
      providerCode: 'rate_limit_exceeded',
    })
  })

  it('never carries the key, in whatever form the provider echoes it', async () => {
    const error = await failure(chat('echoes-key'))
    expect(error.details.isKeyRejected).toBe(true)
    expect(JSON.stringify([error.message, error.details])).not.toContain(API_KEY)
    expect(error.message).toContain('[redacted]')
  })
})

describe('a 200 that is no completion', () => {
  it.each([
    ['json-error', 'the model is loading'],
    ['html', 'text/html'],
    ['empty', 'not a JSON object'],
    ['no-choices', 'without choices'],
  ])('%s is upstream_invalid', async (fault, message) => {
    const error = await failure(chat(fault))
    expect(error).toMatchObject({
      code: 'upstream_invalid',
      isRetryable: true,
      details: { status: 200 },
    })
    expect(error.message).toContain(message)
  })

  it('an answer over 32 MB is not read to its end', async () => {
    const error = await failure(chat('huge'))
    expect(error).toMatchObject({ code: 'upstream_invalid', isRetryable: false })
    const attempt = provider.attempts.at(-1)
    expect(await attempt?.closed).toEqual({ isAborted: true })
    expect(attempt?.bytesWritten).toBeLessThan(64 * 1024 * 1024)
  })

  it('a gzip bomb counts by what it unpacks to', async () => {
    const error = await failure(chat('gzip-bomb'))
    expect(error).toMatchObject({ code: 'upstream_invalid', isRetryable: false })
  })

  it('an answer cut in the middle is upstream_interrupted', async () => {
    expect(await failure(chat('cut-json'))).toMatchObject({
      code: 'upstream_interrupted',
      isRetryable: true,
    })
  })
})

describe('a redirect', () => {
  it.each([301, 302, 307, 308])('%i is not followed', async (status) => {
    let seen = 0
    const elsewhere = createServer((_request, response) => {
      seen += 1
      response.end('{}')
    }).listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    const { port } = elsewhere.address() as AddressInfo
    const redirecting = await startFakeProvider({
      redirect: ({ response }) => {
        response.writeHead(status, { location: `http://127.0.0.1:${port}/v1/chat/completions` })
        response.end()
      },
    })
    const error = await failure(
      upstreamFor(redirecting.baseUrl).upstream.chat(requestOf('redirect')),
    )
    expect(error).toMatchObject({
      code: 'upstream_invalid',
      isRetryable: false,
      details: { status },
    })
    expect(redirecting.attempts).toHaveLength(1)
    expect(seen).toBe(0)
    elsewhere.close()
    await redirecting.close()
  })
})

describe('a provider that cannot be reached', () => {
  it('is upstream_unavailable', async () => {
    const gone = await startFakeProvider()
    await gone.close()
    const error = await failure(upstreamFor(gone.baseUrl).upstream.chat(requestOf('ok')))
    expect(error).toMatchObject({
      code: 'upstream_unavailable',
      isRetryable: true,
      details: { status: null, causeCode: 'ECONNREFUSED' },
    })
  })
})

describe('a deadline', () => {
  const short = (timeouts: object) => ({
    timeouts: { firstTokenMs: 10_000, idleMs: 10_000, totalMs: 10_000, ...timeouts },
  })

  it.each([
    ['silent', { totalMs: 60 }, 'total'],
    ['stall-json', { idleMs: 60 }, 'idle'],
    ['stall-json', { totalMs: 60 }, 'total'],
  ])(
    'missed by %s with %j names its phase and closes the socket',
    async (fault, timeouts, phase) => {
      const { upstream } = upstreamFor(provider.baseUrl, short(timeouts))
      const error = await failure(upstream.chat(requestOf(fault)))
      expect(error).toMatchObject({
        code: 'upstream_timeout',
        isRetryable: true,
        details: { phase },
      })
      expect(await provider.attempts.at(-1)?.closed).toEqual({ isAborted: true })
    },
  )
})

describe('a client that leaves', () => {
  it.each(['silent', 'stall-json', 'role-only'])(
    'closes the provider’s socket: %s',
    async (fault) => {
      const client = new AbortController()
      const coming = provider.nextAttempt()
      const isStream = fault === 'role-only'
      const call = failure(
        upstreamFor(provider.baseUrl).upstream.chat(
          requestOf(fault, { stream: isStream }, client.signal),
        ),
      )
      const attempt = await coming
      client.abort()
      expect(await call).toMatchObject({ code: 'client_closed', isRetryable: false })
      expect(await attempt.closed).toEqual({ isAborted: true })
    },
  )

  it('before the call makes no attempt', async () => {
    const before = provider.attempts.length
    const { upstream } = upstreamFor(provider.baseUrl)
    const error = await failure(upstream.chat(requestOf('ok', {}, AbortSignal.abort())))
    expect(error.code).toBe('client_closed')
    expect(provider.attempts).toHaveLength(before)
  })
})
