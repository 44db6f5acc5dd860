// Answers in the other form than was asked for, and what answers are charged at: cache writes, cached tokens by the names
// that each server gives them, estimates, and streams that are cut.
import { describe, expect, it } from 'vitest'
import { createDialectRig, type Spec } from '../../support/dialect-rig.ts'

const messages = [{ role: 'user', content: 'What time is high tide?' }]
const chunk = (delta: object, finish: string | null = null) => ({
  id: 'chatcmpl-t',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'served',
  choices: [{ index: 0, delta, finish_reason: finish }],
})
const EVENTS = [
  chunk({ role: 'assistant', content: 'At ' }),
  chunk({ content: 'noon.' }),
  chunk({}, 'stop'),
]
const completion = (usage?: object): Spec => ({
  json: {
    id: 'chatcmpl-t',
    object: 'chat.completion',
    created: 1,
    model: 'served',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'At noon.' }, finish_reason: 'stop' },
    ],
    ...(usage && { usage }),
  },
})
const MESSAGE = {
  id: 'msg_t',
  type: 'message',
  role: 'assistant',
  model: 'claude-x',
  content: [
    { type: 'text', text: 'At noon.' },
    { type: 'tool_use', id: 't1', name: 'tide', input: { at: 12 } },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  usage: { input_tokens: 4, output_tokens: 2 },
}
const MESSAGE_EVENTS = [
  { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'At noon.' } },
  { type: 'content_block_stop', index: 0 },
  {
    type: 'content_block_start',
    index: 1,
    content_block: { type: 'tool_use', id: 't1', name: 'tide', input: {} },
  },
  {
    type: 'content_block_delta',
    index: 1,
    delta: { type: 'input_json_delta', partial_json: '{"at":12}' },
  },
  { type: 'content_block_stop', index: 1 },
  { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 2 } },
  { type: 'message_stop' },
]

describe('an answer in the other form than was asked for', () => {
  it.each(['application/json', 'text/plain', 'application/octet-stream'])(
    'is a stream though it is called %s',
    async (type) => {
      const rig = await createDialectRig()
      const told = await rig.ask(
        '/v1/chat/completions',
        { model: 'oai', messages, stream: true },
        { sse: [...EVENTS, '[DONE]'], type },
      )
      expect(told).toMatchObject({ status: 200, isClean: true })
      expect(told.text).toContain('noon.')
      expect(told.text.endsWith('data: [DONE]\n\n')).toBe(true)
    },
  )

  it('is put together where no stream was asked for', async () => {
    const rig = await createDialectRig()
    for (const type of ['text/event-stream', 'application/json']) {
      const chat = await rig.ask(
        '/v1/chat/completions',
        { model: 'oai', messages },
        { sse: ['\n', ...EVENTS, '[DONE]'], type },
      )
      expect(chat.json).toMatchObject({
        object: 'chat.completion',
        choices: [{ message: { content: 'At noon.' }, finish_reason: 'stop' }],
      })
      for (const path of ['/v1/messages', '/v1/chat/completions']) {
        const body = { model: 'ant', max_tokens: 90, messages }
        const told = await rig.ask(path, body, { sse: MESSAGE_EVENTS, type })
        expect(told.text).toContain('At noon.')
        expect(told.text).toContain('"name":"tide"')
      }
    }
  })

  it('is told as events where a stream was asked for', async () => {
    const rig = await createDialectRig()
    const usage = { prompt_tokens: 4, completion_tokens: 2 }
    const body = { model: 'oai', messages, stream: true, stream_options: { include_usage: true } }
    const chat = await rig.ask('/v1/chat/completions', body, completion(usage))
    const said = chat.events.map((event) => event.choices?.[0]?.delta?.content ?? '').join('')
    expect([said, chat.events.at(-1)]).toEqual(['At noon.', '[DONE]'])
    expect(chat.events.at(-2).usage).toMatchObject(usage)
    const native = await rig.ask(
      '/v1/messages',
      { model: 'ant', max_tokens: 90, messages, stream: true },
      { json: MESSAGE },
    )
    expect(native.events.map(({ type }) => type)).toContain('message_stop')
    expect(native.events.find(({ delta }) => delta?.partial_json)?.delta.partial_json).toBe(
      '{"at":12}',
    )
  })

  it('fails over where it is an error, or half an answer', async () => {
    const rig = await createDialectRig()
    const good = { by: { other: completion() } }
    const broken: Spec[] = [{ json: { error: { message: 'no' } } }, { sse: EVENTS.slice(0, 2) }]
    for (const first of broken) {
      const told = await rig.ask(
        '/v1/chat/completions',
        { model: 'oai', models: ['oai', 'oai2'], messages },
        { by: { ...good.by, 'some-model': first } },
      )
      expect(told.json.choices[0].message.content).toBe('At noon.')
      expect(told.sent).toHaveLength(2)
    }
  })
})

describe('the cost of an answer', () => {
  it('has cache writes at their own price, for minutes and for an hour', async () => {
    const usage = {
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 1000,
      cache_creation: { ephemeral_5m_input_tokens: 600, ephemeral_1h_input_tokens: 400 },
      output_tokens: 5,
    }
    const answer = { json: { ...MESSAGE, usage } }
    const expected = (10 + 100 + 600 * 1.25 + 400 * 2 + 5 * 2) / 1e6
    const rig = await createDialectRig()
    const body = { model: 'ant', max_tokens: 90, messages }
    for (const path of ['/v1/messages', '/v1/chat/completions']) {
      const { json, completion: charged } = await rig.ask(path, body, answer)
      expect(json.usage.cost).toBeCloseTo(expected, 10)
      expect(charged?.costUsd).toBeCloseTo(expected, 10)
    }
    const priced = await createDialectRig({
      models: { ant: { cache_write_usd_per_million: 7, cache_write_1h_usd_per_million: 9 } },
    })
    const { json } = await priced.ask('/v1/messages', body, answer)
    expect(json.usage.cost).toBeCloseTo((10 + 100 + 600 * 7 + 400 * 9 + 5 * 2) / 1e6, 10)
  })

  it.each([{ cached_tokens: 300 }, { prompt_cache_hit_tokens: 300 }])(
    'knows cached tokens told as %j, in every dialect',
    async (told) => {
      const rig = await createDialectRig({ models: { oai: { cached_input_usd_per_million: 0.1 } } })
      const answer = completion({ prompt_tokens: 400, completion_tokens: 10, ...told })
      const cost = (100 + 300 * 0.1 + 10 * 2) / 1e6
      const chat = await rig.ask('/v1/chat/completions', { model: 'oai', messages }, answer)
      expect(chat.json.usage.cost).toBeCloseTo(cost, 10)
      const anthropic = await rig.ask(
        '/v1/messages',
        { model: 'oai', max_tokens: 9, messages },
        answer,
      )
      expect(anthropic.json.usage).toMatchObject({
        input_tokens: 100,
        cache_read_input_tokens: 300,
      })
      const responses = await rig.ask('/v1/responses', { model: 'oai', input: 'x' }, answer)
      expect(responses.json.usage.input_tokens_details.cached_tokens).toBe(300)
    },
  )
})

describe('our own count', () => {
  it('has tools and the arguments of calls in it', async () => {
    const rig = await createDialectRig()
    const parameters = {
      type: 'object',
      properties: { port: { description: 'harbour '.repeat(200) } },
    }
    const tools = [{ type: 'function', function: { name: 'tide', parameters } }]
    const written = JSON.stringify({ note: 'ebb and flow '.repeat(100) })
    const history = [
      ...messages,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'tide', arguments: written } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'noon' },
    ]
    const counted = async (body: object) => {
      const told = await rig.ask(
        '/v1/chat/completions',
        { model: 'oai', messages, ...body },
        completion(),
      )
      return told.completion?.usage?.promptTokens ?? 0
    }
    const bare = await counted({})
    expect(await counted({ tools })).toBeGreaterThan(bare + 190)
    expect(await counted({ messages: history })).toBeGreaterThan(bare + 290)
  })

  it('is of what was produced where a stream was cut, beside what the provider had told', async () => {
    const rig = await createDialectRig()
    const start = { ...MESSAGE, content: [], usage: { input_tokens: 1000, output_tokens: 1 } }
    const events = [
      { type: 'message_start', message: start },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text: 'ebb and flow '.repeat(50) },
      },
    ]
    for (const path of ['/v1/messages', '/v1/chat/completions']) {
      const body = { model: 'ant', max_tokens: 900, messages, stream: true }
      const { headers, isClean } = await rig.ask(path, body, { sse: events })
      expect(isClean).toBe(false)
      const id = headers.get('x-router-decision-id') ?? ''
      await expect.poll(() => rig.completionOf(id)?.usage?.completionTokens).toBeGreaterThan(140)
      expect(rig.completionOf(id)?.usage?.promptTokens).toBe(1000)
    }
  })
})
