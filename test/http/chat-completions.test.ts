import { expect, it } from 'vitest'
import { RouterError } from '../../src/errors.ts'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { completionBody, fakeAttempt, fakeDecision } from '../support/http-fakes.ts'
import { describeHttp } from '../support/http-matrix.ts'

const path = '/v1/chat/completions'
const hello = { model: 'auto', messages: [{ role: 'user', content: 'hello' }] }

describeHttp('chat completions', (http) => {
  it("answers with the provider's body as it came and says how it was routed", async () => {
    const { post } = await http.start()
    const response = await post(path, hello, { 'x-request-id': 'caller.1_a-b' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.text()).toBe(JSON.stringify(completionBody))
    const headers = Object.fromEntries(response.headers)
    expect(headers).toMatchObject({
      'x-request-id': 'caller.1_a-b',
      'x-router-decision-id': '0198c0de-0000-7000-8000-000000000001',
      'x-router-route': 'code',
      'x-router-model': 'vendor/large:free',
      'x-router-confidence': '0.9123',
      'x-router-reason': 'matched',
      'x-router-index-version': '42',
      'x-router-attempts': '1',
      'x-router-cache': 'bypass',
    })
    expect(headers['x-router-overhead-ms']).toMatch(/^\d+\.\d\d$/)
    expect(headers).not.toHaveProperty('x-router-truncated')
  })

  it('takes a picture of several megabytes as it is configured by itself', async () => {
    const { post, deps } = await http.start()
    const url = `data:image/png;base64,${'iVBORw0KGgo+'.repeat(400_000)}`
    const content = [
      { type: 'text', text: 'what is this' },
      { type: 'image_url', image_url: { url } },
    ]
    const response = await post(path, { model: 'auto', messages: [{ role: 'user', content }] })
    expect(response.status).toBe(200)
    expect(deps.pipeline.chatted[0]?.body.messages).toEqual([{ role: 'user', content }])
  })

  it('leaves out the headers that have no value and flags a cut prompt', async () => {
    const { post, deps } = await http.start()
    const routingText = { ...fakeDecision().routingText, isTruncated: true }
    deps.pipeline.decision = fakeDecision({
      confidence: null,
      indexGeneration: null,
      reason: 'pinned',
      routingText,
    })
    const { headers } = await post(path, hello)
    expect(headers.get('x-router-confidence')).toBeNull()
    expect(headers.get('x-router-index-version')).toBeNull()
    expect(headers.get('x-router-truncated')).toBe('1')
    expect(headers.get('x-router-reason')).toBe('pinned')
  })

  it('names the model that served, not the one that was chosen first', async () => {
    const { post, deps } = await http.start()
    deps.pipeline.attempts = [
      fakeAttempt({ status: 500, errorCode: 'upstream_error' }),
      fakeAttempt({ model: 'modèle-🙂' }),
    ]
    const { headers } = await post(path, hello)
    expect(headers.get('x-router-attempts')).toBe('2')
    expect(headers.get('x-router-model')).toBe('mod%C3%A8le-%F0%9F%99%82')
  })

  it('counts as overhead only what the upstream did not take', async () => {
    const { post, deps } = await http.start()
    let clockMs = 1_000
    deps.elapsedMs = () => {
      clockMs += 50
      return clockMs
    }
    deps.pipeline.attempts = [fakeAttempt({ durationMs: 10 }), fakeAttempt({ durationMs: 12.5 })]
    const { headers } = await post(path, hello)
    expect(headers.get('x-router-overhead-ms')).toBe('27.50')
  })

  it('passes unknown fields on untouched, in the order they came', async () => {
    const { post, deps } = await http.start()
    const body = {
      zzz: [1, { nested: null }],
      ...hello,
      messages: [
        { role: 'developer', content: 'x', name: 'n', extra: { deep: [true] } },
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'u' } }, 'bare'] },
        { role: 'assistant', content: null, tool_calls: [{ id: '1', type: 'function' }] },
        { role: 'tool', tool_call_id: '1', content: 'r' },
        { role: 'function', name: 'f', content: 'r' },
        { role: 'assistant', refusal: 'no content key at all' },
      ],
      tools: [{ type: 'function', function: { parameters: { $defs: { a: { type: 'x' } } } } }],
      max_completion_tokens: 5,
      stream: null,
    }
    expect((await post(path, body)).status).toBe(200)
    expect(JSON.stringify(deps.pipeline.chatted[0]?.body)).toBe(JSON.stringify(body))
  })

  it('takes the session from the header, else from metadata, never from user', async () => {
    const { post, deps } = await http.start()
    const withMetadata = { ...hello, user: 'u-1', metadata: { session_id: 'm-1' } }
    await post(path, withMetadata, { 'x-session-id': 'h-1' })
    await post(path, withMetadata)
    await post(path, { ...hello, user: 'u-1' })
    expect(deps.pipeline.chatted.map(({ sessionId }) => sessionId)).toEqual(['h-1', 'm-1', null])
  })

  it('gives an upstream failure the routing headers and tells clients not to retry', async () => {
    const { post, deps } = await http.start()
    deps.pipeline.failure = new RouterError('upstream_unavailable', 'Provider demo is down.')
    deps.pipeline.attempts = [fakeAttempt({ status: null, errorCode: 'upstream_unavailable' })]
    const response = await post(path, hello)
    expect(response.status).toBe(503)
    expect(response.headers.get('x-should-retry')).toBe('false')
    expect(response.headers.get('x-router-decision-id')).toBe(deps.pipeline.decision.id)
    expect(response.headers.get('x-router-attempts')).toBe('1')
    expect(errorSchema.parse(await response.json()).error).toEqual({
      message: 'Provider demo is down.',
      type: 'server_error',
      param: null,
      code: 'upstream_unavailable',
    })
  })

  it('hides everything about an unexpected error but the request id', async () => {
    const { post, deps } = await http.start()
    deps.pipeline.rejection = new TypeError('secret prompt sk-live-0123456789abcdef')
    const response = await post(path, hello, { 'x-request-id': 'find-me' })
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(text).toContain('find-me')
    expect(text).not.toMatch(/secret|sk-live|TypeError|\.ts/)
    const line = await deps.logged(({ message }) => message === 'request')
    expect(line).toMatchObject({ level: 'error', facts: { errorCode: 'internal' } })
    expect(line.facts.err).toBe(deps.pipeline.rejection)
  })

  it.each([
    [
      'a model that is not configured',
      { ...hello, model: 'large-9' },
      404,
      'model_not_found',
      'model',
    ],
    [
      'a route that is not configured',
      { ...hello, model: 'route:x' },
      404,
      'route_not_found',
      'model',
    ],
    ['no model', { messages: hello.messages }, 400, 'invalid_request', 'model'],
    ['empty messages', { ...hello, messages: [] }, 400, 'invalid_request', 'messages'],
    ['no messages', { model: 'auto' }, 400, 'invalid_request', 'messages'],
    [
      'an unknown role',
      { ...hello, messages: [{ role: 'robot', content: '' }] },
      400,
      'invalid_request',
      'messages[0].role',
    ],
    [
      'content that is a number',
      { ...hello, messages: [{ role: 'user', content: 7 }] },
      400,
      'invalid_request',
      'messages[0].content',
    ],
    ['stream that is a word', { ...hello, stream: 'yes' }, 400, 'invalid_request', 'stream'],
    [
      'more than 10,000 messages',
      { ...hello, messages: Array(10_001).fill({ role: 'user', content: '' }) },
      400,
      'invalid_request',
      'messages',
    ],
  ])('refuses %s in the envelope of the OpenAI API', async (_what, body, status, code, param) => {
    const { post } = await http.start()
    const response = await post(path, body)
    expect(response.status).toBe(status)
    const { error } = errorSchema.parse(await response.json())
    expect(error).toMatchObject({ type: 'invalid_request_error', code, param })
    expect(error.message).not.toBe('')
    expect(response.headers.get('x-router-decision-id')).toBeNull()
  })

  it('refuses an endless session id', async () => {
    const { post } = await http.start()
    const response = await post(path, hello, { 'x-session-id': 's'.repeat(257) })
    expect(response.status).toBe(400)
    expect(errorSchema.parse(await response.json()).error.param).toBe('x-session-id')
  })

  it("keeps a provider's own 4xx and its retry-after", async () => {
    const { post, deps } = await http.start()
    deps.pipeline.failure = new RouterError('upstream_error', 'Provider demo: 429.', {
      details: {
        status: 429,
        retryAfterMs: 2_100,
        body: { error: { message: 'Slow down', type: 'tokens', code: 'tpm', param: null } },
      },
    })
    const response = await post(path, hello)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('3')
    expect(response.headers.get('x-should-retry')).toBeNull()
    expect(await response.json()).toEqual({
      error: { message: 'Slow down', type: 'tokens', code: 'tpm', param: null },
    })
  })
})
