// The demo provider: honest, deterministic, and of the form that SDKs expect.
import { describe, expect, it } from 'vitest'
import { createEchoUpstream } from '../../../src/upstream/echo/echo.ts'
import { asJson, asStream, drain, eventsOf, requestOf } from '../harness.ts'

const NOW = 1_767_225_600_500
const echo = createEchoUpstream({ now: () => NOW })
const answer = async (body = {}) => asJson(await echo.chat(requestOf('demo', body))).body
interface Choice {
  message: {
    content: string | null
    tool_calls?: { function: { name: string; arguments: string } }[]
  }
  finish_reason: string
}
const choicesOf = async (body = {}): Promise<Choice[]> => (await answer(body)).choices as Choice[]
const contentOf = async (body = {}) => (await choicesOf(body))[0]?.message.content
const streamed = async (body = {}) => {
  const reply = asStream(await echo.chat(requestOf('demo', { stream: true, ...body })))
  const { text, error } = await drain(reply.stream)
  expect(error).toBeNull()
  return { events: eventsOf(text) as Record<string, unknown>[], end: await reply.end }
}
type ChunkChoice = { index: number; delta: { content?: string }; finish_reason: string | null }
const chunkChoices = (events: Record<string, unknown>[]): ChunkChoice[] =>
  events.flatMap((event) => (event.choices ?? []) as ChunkChoice[])

const TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        unit: { enum: ['c', 'f'] },
        days: { type: 'integer', minimum: 1 },
        note: { type: 'string' },
      },
      required: ['city', 'unit', 'days'],
    },
  },
}

describe('a JSON answer', () => {
  it('says that it is a demo, and names route, model and the prompt', async () => {
    const content = await contentOf()
    expect(content).toContain('demo provider, not a language model')
    expect(content).toContain('Route: smalltalk')
    expect(content).toContain('the model small')
    expect(content).toMatch(/You wrote: Hello there$/)
  })

  it('is the same for the same request, with id and time from outside', async () => {
    const body = await answer()
    expect(body).toEqual(await answer())
    expect(body).toMatchObject({
      id: 'chatcmpl-req-1',
      object: 'chat.completion',
      created: 1_767_225_600,
      model: 'demo',
    })
  })

  it('has usage that adds up, with its cost', async () => {
    const { usage } = (await answer({ n: 2 })) as { usage: Record<string, number> }
    expect(usage.prompt_tokens).toBe(2)
    expect(usage.total_tokens).toBe(2 + (usage.completion_tokens as number))
    expect(usage.cost).toBe((2 + 2 * (usage.completion_tokens as number)) / 1e6)
  })

  it('counts as words what stands between blanks of any kind', async () => {
    for (let code = 0; code < 0x1_00_00; code++) {
      const char = String.fromCharCode(code)
      if (!/\s/.test(char) && code % 257 !== 0) continue
      const content = `a${char}${char}b${char}`
      const { usage } = (await answer({ messages: [{ role: 'user', content }] })) as {
        usage: { prompt_tokens: number }
      }
      expect([code, usage.prompt_tokens]).toEqual([code, content.match(/\S+/g)?.length])
    }
  })

  it.each([
    ['a string', 'Hi you', 'Hi you'],
    [
      'parts',
      [{ type: 'text', text: 'Hi' }, { type: 'image_url' }, { type: 'text', text: 'you' }],
      'Hi you',
    ],
    ['null', null, '(nothing)'],
    ['several lines', 'Hi\n\n  you', 'Hi you'],
  ])('echoes content given as %s', async (_name, content, expected) => {
    const messages = [
      { role: 'user', content: 'before' },
      { role: 'user', content },
      { role: 'assistant', content: 'not this' },
    ]
    expect(await contentOf({ messages })).toMatch(
      new RegExp(`You wrote: ${expected.replace(/[()]/g, '.')}$`),
    )
  })

  it('shortens a long prompt without halving a character', async () => {
    const content = await contentOf({ messages: [{ role: 'user', content: '🚄'.repeat(500) }] })
    expect(content).toMatch(/: (🚄){199}…$/u)
  })

  it.each(['max_tokens', 'max_completion_tokens'])('stops at %s', async (limit) => {
    const body = await answer({ [limit]: 4 })
    const [choice] = body.choices as Choice[]
    expect(choice).toMatchObject({
      message: { content: 'This is the built-in' },
      finish_reason: 'length',
    })
    expect(body.usage).toMatchObject({ completion_tokens: 4 })
  })

  it('has n choices', async () => {
    expect((await choicesOf({ n: 3 })).map((choice) => choice.finish_reason)).toEqual([
      'stop',
      'stop',
      'stop',
    ])
  })
})

describe('a tool call', () => {
  it.each([['required'], [{ type: 'function', function: { name: 'get_weather' } }]])(
    'is given for tool_choice %j, with arguments that its schema accepts',
    async (toolChoice) => {
      const [choice] = await choicesOf({ tools: [TOOL], tool_choice: toolChoice })
      expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } })
      const call = choice?.message.tool_calls?.[0]?.function
      expect(call?.name).toBe('get_weather')
      expect(JSON.parse(call?.arguments ?? '')).toEqual({ city: '', unit: 'c', days: 1 })
    },
  )

  it('comes in one chunk of a stream', async () => {
    const { events } = await streamed({ tools: [TOOL], tool_choice: 'required' })
    expect(chunkChoices(events).map((choice) => choice.delta)).toEqual([
      { role: 'assistant', content: null },
      { tool_calls: [expect.objectContaining({ index: 0, id: 'call_req-1', type: 'function' })] },
      {},
    ])
  })

  it('is not given where tools are only offered', async () => {
    expect((await choicesOf({ tools: [TOOL], tool_choice: 'auto' }))[0]?.finish_reason).toBe('stop')
  })

  it('of a function that is not there is refused', async () => {
    const body = { tools: [TOOL], tool_choice: { type: 'function', function: { name: 'other' } } }
    await expect(answer(body)).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'tool_choice',
    })
  })
})

describe('a stream', () => {
  it('is a role chunk, words, a finish_reason and [DONE], of one id, time and model', async () => {
    const { events, end } = await streamed()
    expect(events.at(-1)).toBe('[DONE]')
    const chunks = events.slice(0, -1)
    expect(new Set(chunks.map((c) => `${c.id} ${c.created} ${c.model} ${c.object}`))).toEqual(
      new Set(['chatcmpl-req-1 1767225600 demo chat.completion.chunk']),
    )
    const choices = chunkChoices(chunks)
    expect(choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
    expect(choices.map((c) => c.delta.content ?? '').join('')).toBe(await contentOf())
    expect(choices.map((c) => c.finish_reason).filter((reason) => reason !== null)).toEqual([
      'stop',
    ])
    expect(choices.at(-1)).toMatchObject({ delta: {}, finish_reason: 'stop' })
    expect(end).toMatchObject({ outcome: 'served', errorCode: null })
  })

  it('has a usage chunk only where it was asked for', async () => {
    const { events } = await streamed({ stream_options: { include_usage: true } })
    expect(events.at(-2)).toMatchObject({ choices: [], usage: (await answer()).usage })
    const unasked = await streamed()
    expect(unasked.events.filter((event) => 'usage' in Object(event))).toEqual([])
  })

  it('gives every one of n choices its own finish_reason', async () => {
    const { events } = await streamed({ n: 2 })
    const finished = chunkChoices(events).filter((choice) => choice.finish_reason !== null)
    expect(finished.map((choice) => choice.index)).toEqual([0, 1])
  })

  it('ends as client_closed where the client cancels or its signal fires', async () => {
    const cancelled = asStream(await echo.chat(requestOf('demo', { stream: true })))
    await cancelled.stream.cancel()
    expect((await cancelled.end).outcome).toBe('client_closed')

    const client = new AbortController()
    const slow = createEchoUpstream({ now: () => NOW, delayMs: 1 })
    const left = asStream(await slow.chat(requestOf('demo', { stream: true }, client.signal)))
    client.abort()
    expect((await drain(left.stream)).error).toMatchObject({ code: 'client_closed' })
    expect((await left.end).outcome).toBe('client_closed')
  })
})

it('waits no longer for a client that has left', async () => {
  const client = new AbortController()
  const call = createEchoUpstream({ delayMs: 3_600_000 }).chat(requestOf('demo', {}, client.signal))
  client.abort()
  await expect(call).rejects.toMatchObject({ code: 'client_closed' })
})

describe('JSON', () => {
  it('is what it answers where a schema, or any JSON, is asked for', async () => {
    const { name, parameters: schema } = TOOL.function
    const ofSchema = { type: 'json_schema', json_schema: { name, schema } }
    const value = JSON.parse((await contentOf({ response_format: ofSchema })) ?? '')
    expect(value).toEqual({ city: expect.any(String), unit: 'c', days: 1 })
    expect(await contentOf({ response_format: { type: 'json_object' } })).toBe('{}')
    expect(await contentOf({ response_format: { type: 'text' } })).toContain('demo provider')
  })
})
