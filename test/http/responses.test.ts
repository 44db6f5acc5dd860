import { expect, it } from 'vitest'
import type { JsonObject } from '../../src/dialects/json.ts'
import { responseSchema } from '../../src/dialects/responses/schema.ts'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { chunkEvent, DONE, dataEvent, ROLE, STOP, WORDS } from '../support/fake-provider.ts'
import { describeHttp, type RunningApp } from '../support/http-matrix.ts'
import { rawClient, rawPost } from '../support/raw-client.ts'
import { readEvents, streamOf } from '../support/sse.ts'

const path = '/v1/responses'
const body = { model: 'auto', input: 'hello' }
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const streamed = ({ deps }: RunningApp, parts: string[], error?: Error): void => {
  const end = Promise.resolve({ outcome: 'served' as const, usage: null, errorCode: null })
  const stream = streamOf(parts.map(bytesOf), error)
  deps.pipeline.reply = { ...deps.pipeline.reply, kind: 'stream', stream, end } as never
}

describeHttp('responses', (http) => {
  it('answers a text with a response, routed as a chat', async () => {
    const app = await http.start()
    const response = await app.post(path, { ...body, metadata: { session_id: 's-1' } })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-router-route')).toBe('code')
    const told = responseSchema.parse(await response.json())
    expect(told).toMatchObject({
      status: 'completed',
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'héllo 🙂' }] }],
    })
    expect(app.deps.pipeline.chatted[0]).toMatchObject({
      model: 'auto',
      messages: [{ role: 'user', content: 'hello' }],
      sessionId: 's-1',
    })
  })

  it('prefers the session that the header names', async () => {
    const app = await http.start()
    await app.post(path, { ...body, metadata: { session_id: 's-1' } }, { 'x-session-id': 's-2' })
    expect(app.deps.pipeline.chatted[0]?.sessionId).toBe('s-2')
  })

  it('gives every response and item an id of its own', async () => {
    const app = await http.start()
    const told = await Promise.all(
      [1, 2].map(async () => (await (await app.post(path, body)).json()) as JsonObject),
    )
    const ids = told.flatMap(({ id, output }) => [id, ...(output as JsonObject[]).map((i) => i.id)])
    expect(new Set(ids).size).toBe(4)
  })

  it('knows the items that it gave out, unless store is false', async () => {
    const app = await http.start()
    const idOf = async (changes: object) => {
      const told = await (await app.post(path, { ...body, ...changes })).json()
      return ((told as JsonObject).output as JsonObject[])[0]?.id
    }
    const refer = async (id: unknown) =>
      app.post(path, {
        ...body,
        input: [
          { type: 'item_reference', id },
          { role: 'user', content: 'x' },
        ],
      })
    const kept = await refer(await idOf({}))
    expect(kept.status).toBe(200)
    expect(app.deps.pipeline.chatted.at(-1)?.messages).toEqual([
      { role: 'assistant', content: 'héllo 🙂' },
      { role: 'user', content: 'x' },
    ])
    const gone = await refer(await idOf({ store: false }))
    expect(gone.status).toBe(404)
    expect(errorSchema.parse(await gone.json()).error).toMatchObject({ param: 'input[0].id' })
  })

  it('streams named events', async () => {
    const app = await http.start()
    streamed(app, [ROLE, ...WORDS, STOP, DONE])
    const response = await app.post(path, { ...body, stream: true })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = readEvents(await response.text())
    expect(events.at(-2)?.event).toBe('response.completed')
    expect(app.deps.pipeline.chatted[0]?.body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it('refuses what it cannot do before anything is asked', async () => {
    const app = await http.start()
    const response = await app.post(path, { ...body, previous_response_id: 'resp_1' })
    expect(response.status).toBe(400)
    expect(errorSchema.parse(await response.json()).error).toMatchObject({
      code: 'invalid_request',
      param: 'previous_response_id',
    })
    expect(app.deps.pipeline.chatted).toEqual([])
  })

  it('never ends a cut stream cleanly', async () => {
    const app = await http.start()
    const error = { message: 'gone', code: 'upstream_interrupted' }
    streamed(app, [ROLE, WORDS[0] as string, dataEvent({ error })], new Error('cut'))
    const response = await app.post(path, { ...body, stream: true })
    await expect(response.text()).rejects.toThrow()
    const line = await app.deps.logged(({ message }) => message === 'request')
    expect(line).toMatchObject({ level: 'warn', facts: { streamEnd: 'interrupted' } })
  })

  if (!http.isSocket) return

  it('hands a cut stream’s last events over before it cuts the socket', async () => {
    const app = await http.start()
    const error = { message: 'gone', code: 'upstream_interrupted' }
    streamed(app, [ROLE, chunkEvent({ content: 'half' }), dataEvent({ error })], new Error('cut'))
    const client = await rawClient(app.port as number)
    client.socket.write(rawPost(path, JSON.stringify({ ...body, stream: true })))
    const received = await client.closed()
    expect(received).toContain('event: error\n')
    expect(received).toContain('event: response.failed\n')
    expect(received).not.toContain('event: response.completed')
    expect(received).not.toContain('\r\n0\r\n')
  })
})

describeHttp('completions', (http) => {
  it('answers a prompt with a text completion, routed as a chat', async () => {
    const app = await http.start()
    const response = await app.post('/v1/completions', {
      model: 'auto',
      prompt: 'hello',
      max_tokens: 5,
      metadata: { session_id: 's-1' },
    })
    expect(response.headers.get('x-router-route')).toBe('code')
    expect(await response.json()).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'héllo 🙂', finish_reason: 'stop' }],
    })
    expect(app.deps.pipeline.chatted[0]).toMatchObject({
      messages: [{ role: 'user', content: 'hello' }],
      sessionId: 's-1',
      body: { max_tokens: 5 },
    })
  })

  it('streams text completions', async () => {
    const app = await http.start()
    streamed(app, [ROLE, ...WORDS, STOP, DONE])
    const response = await app.post('/v1/completions', { model: 'auto', prompt: 'x', stream: true })
    const events = readEvents(await response.text())
    expect(events.at(-1)?.data).toEqual({ done: true })
    expect(events[0]?.data).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Grüße' }],
    })
  })

  it('refuses several prompts by name', async () => {
    const app = await http.start()
    const response = await app.post('/v1/completions', { model: 'auto', prompt: ['a', 'b'] })
    expect(response.status).toBe(400)
    expect(errorSchema.parse(await response.json()).error.param).toBe('prompt')
  })
})
