import { expect, it } from 'vitest'
import type { StoredResponse } from '../../src/core/records/stored-response.ts'
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

  it('goes on with an earlier answer, whose conversation stands before the new input', async () => {
    const app = await http.start()
    const first = (await (await app.post(path, body)).json()) as JsonObject
    expect(first.store).toBe(true)
    const next = { ...body, input: 'and then?', previous_response_id: first.id }
    const second = (await (await app.post(path, next)).json()) as JsonObject
    expect(second.previous_response_id).toBe(first.id)
    const said = { role: 'assistant', content: 'héllo 🙂' }
    expect(app.deps.pipeline.chatted.at(-1)?.messages).toEqual([
      { role: 'user', content: 'hello' },
      said,
      { role: 'user', content: 'and then?' },
    ])
    await app.post(path, { ...next, input: 'more', previous_response_id: second.id })
    expect(app.deps.pipeline.chatted.at(-1)?.messages).toHaveLength(5)
  })

  it('goes on with an answer that was streamed', async () => {
    const app = await http.start()
    streamed(app, [ROLE, ...WORDS, STOP, DONE])
    const events = readEvents(await (await app.post(path, { ...body, stream: true })).text())
    const response = events.at(-2)?.data.response as JsonObject | undefined
    const id = response?.id
    streamed(app, [ROLE, ...WORDS, STOP, DONE])
    const next = await app.post(path, { ...body, stream: true, previous_response_id: id })
    expect([next.status, app.deps.store.responses[0]?.id]).toEqual([200, id])
  })

  it('goes on with nothing that is not kept', async () => {
    const app = await http.start()
    const told = await (await app.post(path, { ...body, store: false })).json()
    for (const id of ['resp_gone', (told as JsonObject).id]) {
      const response = await app.post(path, { ...body, previous_response_id: id })
      expect(response.status).toBe(404)
      expect(errorSchema.parse(await response.json()).error).toMatchObject({
        code: 'not_found',
        param: 'previous_response_id',
      })
    }
    expect(app.deps.pipeline.chatted).toHaveLength(1)
  })

  it.each(['hash', 'off'])('keeps none under store_text: %s, and says so', async (store_text) => {
    const app = await http.start({ storage: { store_text } })
    const told = (await (await app.post(path, body)).json()) as JsonObject
    expect([told.store, app.deps.store.responses]).toEqual([false, []])
    const refusals = [
      await app.post(path, { ...body, store: true }),
      await app.post(path, { ...body, previous_response_id: told.id }),
      await app.request(`${path}/${told.id}`),
    ]
    for (const response of refusals) {
      expect(response.status).toBe(400)
      expect(errorSchema.parse(await response.json()).error.message).toContain('store_text')
    }
  })

  it('shows what it keeps, its input, and deletes it', async () => {
    const app = await http.start()
    const input = ['a', 'b', 'c'].map((content) => ({ role: 'user', content }))
    const told = (await (await app.post(path, { ...body, input })).json()) as JsonObject
    const url = `${path}/${told.id}`
    expect(await (await app.request(url)).json()).toEqual(told)
    const newest = (await (await app.request(`${url}/input_items?limit=2`)).json()) as {
      data: JsonObject[]
      has_more: boolean
      last_id: string
    }
    expect([newest.data.map(({ content }) => content), newest.has_more]).toEqual([['c', 'b'], true])
    const rest = await app.request(`${url}/input_items?after=${newest.last_id}`)
    expect(await rest.json()).toMatchObject({ data: [{ content: 'a' }], has_more: false })
    const deleted = await app.request(url, { method: 'DELETE' })
    expect(await deleted.json()).toEqual({ id: told.id, object: 'response', deleted: true })
    expect((await app.request(url)).status).toBe(404)
    expect((await app.request(url, { method: 'DELETE' })).status).toBe(404)
  })

  it('finds none that has expired, or is another’s', async () => {
    const app = await http.start({ storage: { responses_ttl: '90m' } })
    const told = (await (await app.post(path, body)).json()) as JsonObject
    const [kept] = app.deps.store.responses
    expect(kept?.expiresAtMs).toBe(app.deps.now() + 5_400_000)
    app.deps.store.responses = [{ ...(kept as StoredResponse), principal: 'somebody' }]
    expect((await app.request(`${path}/${told.id}`)).status).toBe(404)
    app.deps.store.responses = [{ ...(kept as StoredResponse), expiresAtMs: app.deps.now() }]
    expect((await app.request(`${path}/${told.id}`)).status).toBe(404)
  })

  it('answers though the answer cannot be kept', async () => {
    const app = await http.start()
    app.deps.store.isFull = true
    expect((await app.post(path, body)).status).toBe(200)
    await app.deps.logged(({ message }) => message === 'a response was not stored')
  })

  it('counts the tokens of a request', async () => {
    const app = await http.start()
    const response = await app.post(`${path}/input_tokens`, { ...body, model: 'small' })
    expect(await response.json()).toEqual({ object: 'response.input_tokens', input_tokens: 42 })
    expect(response.headers.get('x-router-token-count')).toBe('exact')
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
