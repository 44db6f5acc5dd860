// Anthropic's dialect at the door: what goes on to the pipeline, how answers and errors are told.
import { expect, it } from 'vitest'
import { RouterError } from '../../src/errors.ts'
import { messageSchema } from '../../src/http/endpoints/messages.ts'
import { anthropicErrorSchema } from '../../src/http/openapi/error-schemas.ts'
import { chunkEvent, DONE, ROLE, STOP, WORDS } from '../support/fake-provider.ts'
import { describeHttp, type RunningApp } from '../support/http-matrix.ts'
import { rawClient, rawPost } from '../support/raw-client.ts'

const path = '/v1/messages'
const hello = { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] }

const errorOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  const told = anthropicErrorSchema.parse(await response.json())
  expect(told.request_id).toBe(response.headers.get('request-id'))
  expect(told.request_id).toBe(response.headers.get('x-request-id'))
  return told.error
}

/** Parts, then the end, or the error of an upstream that was cut. */
const streamOf = (parts: string[], error?: Error): ReadableStream<Uint8Array> => {
  const left = parts.map((part) => new TextEncoder().encode(part))
  return new ReadableStream(
    {
      pull: (controller) => {
        const part = left.shift()
        if (part) controller.enqueue(part)
        else if (error) controller.error(error)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

const answerWith = (
  { deps }: RunningApp,
  stream: ReadableStream<Uint8Array>,
  dialect?: 'anthropic',
): void => {
  const end = Promise.resolve({ outcome: 'served' as const, usage: null, errorCode: null })
  deps.pipeline.reply = { kind: 'stream', status: 200, stream, end, ...(dialect && { dialect }) }
}

const CUT = `data: ${JSON.stringify({ error: { message: 'gone', type: 'server_error' } })}\n\n`

describeHttp('/v1/messages', (http) => {
  it('gives the pipeline the chat form, the caller’s own body, and what a person wrote', async () => {
    const { post, deps } = await http.start()
    const body = {
      ...hello,
      metadata: { user_id: 'user_1_account_2_session_01234567-89ab-cdef-0123-456789abcdef' },
      tools: [{ type: 'bash_20250124', name: 'bash' }],
      messages: [
        ...hello.messages,
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'bash', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'done' }] },
      ],
    }
    const headers = { 'anthropic-beta': 'b-1', 'anthropic-version': '2023-06-01', 'x-api-key': 'k' }
    expect((await post(path, body, headers)).status).toBe(200)
    const [request] = deps.pipeline.chatted
    expect(request?.native).toEqual({
      dialect: 'anthropic',
      body,
      dropped: [],
      headers: { 'anthropic-beta': 'b-1', 'anthropic-version': '2023-06-01' },
      untranslatable: ['tools[0] (bash_20250124)'],
    })
    expect(request?.sessionId).toBe('01234567-89ab-cdef-0123-456789abcdef')
    expect(request?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])
    expect(request?.body).toMatchObject({ model: 'auto', max_completion_tokens: 9 })
  })

  it('tells a chat completion as a message, with the router’s headers', async () => {
    const { post } = await http.start()
    const response = await post(path, hello)
    expect(response.status).toBe(200)
    expect(response.headers.get('x-router-route')).toBe('code')
    expect(response.headers.get('request-id')).toBe(response.headers.get('x-request-id'))
    const message = messageSchema.parse(await response.json())
    expect(message.content).toEqual([{ type: 'text', text: 'héllo 🙂' }])
  })

  it('passes an answer that is in Anthropic’s form already', async () => {
    const app = await http.start()
    const body = { id: 'msg_1', type: 'message', content: [], odd: { kept: true } }
    app.deps.pipeline.reply = { kind: 'json', status: 200, dialect: 'anthropic', body, usage: null }
    expect(await (await app.post(path, hello)).json()).toEqual(body)
    const events = 'event: ping\ndata: {"type": "ping"}\n\nevent: odd\ndata: {}\n\n'
    answerWith(app, streamOf([events]), 'anthropic')
    expect(await (await app.post(path, { ...hello, stream: true })).text()).toBe(events)
  })

  it('streams named events and no [DONE]', async () => {
    const app = await http.start()
    answerWith(app, streamOf([ROLE, ...WORDS, STOP, DONE]))
    const response = await app.post(path, { ...hello, stream: true })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const text = await response.text()
    expect(text).toMatch(/^event: message_start\n/)
    expect(text).toMatch(/event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/)
    expect(text).not.toContain('[DONE]')
  })

  it('tells a tool call that is no JSON as an upstream’s error', async () => {
    const app = await http.start()
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{' } }
    const choices = [{ message: { tool_calls: [call] }, finish_reason: 'tool_calls' }]
    app.deps.pipeline.reply = { kind: 'json', status: 200, body: { choices }, usage: null }
    const response = await app.post(path, hello)
    expect(response.status).toBe(502)
    expect((await errorOf(response)).type).toBe('api_error')
  })

  it.each<[string, string, RequestInit, number, string]>([
    ['an unknown path', '/v1/messages/batches', { method: 'POST' }, 404, 'not_found_error'],
    ['a wrong method', path, { method: 'GET' }, 405, 'invalid_request_error'],
    ['no JSON', path, { method: 'POST', body: '{' }, 400, 'invalid_request_error'],
    [
      'no JSON to count',
      `${path}/count_tokens`,
      { method: 'POST', body: '' },
      400,
      'invalid_request_error',
    ],
    [
      'a body beyond the limit',
      path,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `"${'x'.repeat(1_100_000)}"`,
      },
      413,
      'request_too_large',
    ],
  ])('answers %s in Anthropic’s envelope', async (_what, at, init, status, type) => {
    const { request } = await http.start({ server: { max_body_bytes: 1_048_576 } })
    const response = await request(at, init)
    expect(response.status).toBe(status)
    expect((await errorOf(response)).type).toBe(type)
  })

  it.each<[string, unknown]>([
    ['max_tokens', { ...hello, max_tokens: undefined }],
    ['model', { ...hello, model: 7 }],
    ['messages[0].role', { ...hello, messages: [{ role: 'tool', content: 'x' }] }],
    [
      'messages[0].content',
      { ...hello, messages: [{ role: 'user', content: [{ type: 'text' }] }] },
    ],
    ['system', { ...hello, system: 7 }],
    ['tools', { ...hello, tools: ['x'] }],
    ['thread', { ...hello, thread: { type: 'create' } }],
  ])('refuses a wrong %s by its name', async (field, body) => {
    const { post } = await http.start()
    const response = await post(path, body)
    expect(response.status).toBe(400)
    expect((await errorOf(response)).message).toContain(`${field}:`)
  })

  it('tells a client on a thread that it can go on without', async () => {
    const { post } = await http.start()
    const error = await errorOf(await post(path, { ...hello, thread: { type: 'create' } }))
    expect(error.details).toEqual({
      error_code: 'thread_unsupported_request',
      unsupported: ['thread'],
    })
  })

  it.each([
    [429, 429, 'rate_limit_error'],
    [401, 502, 'api_error'],
    [529, 529, 'overloaded_error'],
  ])('tells an upstream’s %i as %i %s', async (given, status, type) => {
    const { post, deps } = await http.start()
    const details = { status: given, retryAfterMs: 3_000 }
    deps.pipeline.failure = new RouterError('upstream_error', 'no', { details })
    const response = await post(path, hello)
    expect(response.status).toBe(status)
    expect(response.headers.get('retry-after')).toBe('3')
    expect((await errorOf(response)).type).toBe(type)
  })

  it('refuses while draining, in its own envelope', async () => {
    const { post, deps } = await http.start()
    deps.state.isDraining = true
    expect((await errorOf(await post(path, hello))).type).toBe('overloaded_error')
  })

  it('counts tokens, exactly where a model is pinned that can', async () => {
    const { post } = await http.start()
    const { max_tokens: _limit, ...body } = hello
    const asked = async (model: string) => {
      const response = await post(`${path}/count_tokens`, { ...body, model })
      expect(await response.json()).toEqual({ input_tokens: 42 })
      return response.headers.get('x-router-token-count')
    }
    expect(await asked('auto')).toBe('estimated')
    expect(await asked('route:code')).toBe('estimated')
    expect(await asked('small')).toBe('exact')
    expect((await post(`${path}/count_tokens`, { ...body, model: 'nope' })).status).toBe(404)
  })

  if (!http.isSocket) return

  it('tells a cut as an error event and destroys the connection without a clean end', async () => {
    const app = await http.start()
    const parts = [ROLE, chunkEvent({ content: 'half' }), CUT]
    answerWith(app, streamOf(parts, new Error('cut')))
    const client = await rawClient(app.port as number)
    client.socket.write(rawPost(path, JSON.stringify({ ...hello, stream: true })))
    const received = await client.closed()
    expect(received).toContain('event: error\ndata: {"type":"error"')
    expect(received).not.toContain('message_stop')
    expect(received).not.toMatch(/\r\n0\r\n\r\n$/)
  })
})
