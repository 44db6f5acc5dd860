import { describe, expect, it, test } from 'vitest'
import { ERROR_CATALOGUE, type ErrorCode, RouterError } from '../../src/errors.ts'
import { ERROR_STATUS, toErrorReply } from '../../src/http/error-response.ts'
import { createRedact } from '../../src/telemetry/redact.ts'

const options = { requestId: 'req-1', redact: createRedact() }
const upstream = (details: Record<string, unknown>, message = 'Provider p answered.') =>
  toErrorReply(new RouterError('upstream_error', message, { details }), options)

test('every code of the catalogue has a status, and no other has', () => {
  expect(Object.keys(ERROR_STATUS)).toEqual(Object.keys(ERROR_CATALOGUE))
  for (const status of Object.values(ERROR_STATUS)) expect(status).toSatisfy(Number.isInteger)
})

const TYPES: Record<number, string> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
}

test.each(Object.keys(ERROR_CATALOGUE) as ErrorCode[])('%s has all four keys', (code) => {
  const { body, status } = toErrorReply(new RouterError(code, 'Why.', { param: 'p' }), options)
  expect(Object.keys(body.error)).toEqual(['message', 'type', 'param', 'code'])
  expect(body.error).toMatchObject({ param: 'p', code })
  const general = status < 500 ? 'invalid_request_error' : 'server_error'
  expect(body.error.type).toBe(TYPES[status] ?? general)
})

describe('a failure of the provider', () => {
  it.each([
    [400, 400],
    [402, 402],
    [404, 404],
    [413, 413],
    [422, 422],
    [429, 429],
    [401, 502],
    [403, 502],
    [408, 504],
    [500, 503],
    [503, 503],
    [504, 504],
    [529, 503],
    [302, 502],
    [200, 502],
  ])('with status %i becomes %i', (status, expected) => {
    expect(upstream({ status }).status).toBe(expected)
  })

  it('about the request itself keeps the words of the provider', () => {
    const error = {
      message: 'This model takes 8192 tokens.',
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    }
    expect(upstream({ status: 400, body: { error } }).body.error).toEqual(error)
    expect(upstream({ status: 400, body: error }).body.error).toEqual(error)
  })

  it.each([[null], ['text'], [7], [{}], [{ error: 'text' }], [{ error: { message: 7, code: 8 } }]])(
    'falls back to our words where the provider said nothing usable (%j)',
    (body) => {
      const { error } = upstream({ status: 422, body }).body
      expect(error).toEqual({
        message: 'Provider p answered.',
        type: 'invalid_request_error',
        param: null,
        code: 'upstream_error',
      })
    },
  )

  it('about our key or its own health does not', () => {
    for (const status of [401, 403, 500]) {
      const reply = upstream({ status, body: { error: { message: 'bad key 123', code: 'x' } } })
      expect(reply.body.error.message).toBe('Provider p answered.')
      expect(reply.body.error.code).toBe('upstream_error')
    }
  })

  it('is called rate_limit_exceeded where a 429 names no code', () => {
    const { body } = upstream({ status: 429 })
    expect(body.error).toMatchObject({ type: 'rate_limit_error', code: 'rate_limit_exceeded' })
  })

  it('tells clients not to retry, but for a 429 that names its time', () => {
    expect(upstream({ status: 503 }).headers).toEqual({ 'x-should-retry': 'false' })
    expect(upstream({ status: 429 }).headers).toEqual({ 'x-should-retry': 'false' })
    expect(upstream({ status: 429, retryAfterMs: 1 }).headers).toEqual({ 'retry-after': '1' })
    expect(upstream({ status: 503, retryAfterMs: 60_000 }).headers).toEqual({
      'retry-after': '60',
      'x-should-retry': 'false',
    })
    expect(upstream({ status: 429, retryAfterMs: Number.NaN }).headers).not.toHaveProperty(
      'retry-after',
    )
  })

  it('never shows a key that the provider echoed', () => {
    const message =
      'Incorrect API key provided: sk-proj-abcdefghijklmnop. See https://x/?key=abc123'
    const reply = upstream({ status: 400, body: { error: { message } } })
    expect(JSON.stringify(reply)).not.toMatch(/abcdefgh|abc123/)
  })

  it('is bounded in length', () => {
    const { body } = upstream({ status: 400, body: { error: { message: 'x'.repeat(100_000) } } })
    expect(body.error.message.length).toBe(2_000)
  })
})

test('an unexpected error names the request id and nothing of itself', () => {
  const error = new RouterError('internal', 'prompt text here', { cause: new Error('and here') })
  const { body } = toErrorReply(error, options)
  expect(body.error.message).toContain('req-1')
  expect(JSON.stringify(body)).not.toContain('here')
})
