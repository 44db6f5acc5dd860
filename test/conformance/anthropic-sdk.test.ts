// Anthropic's official client is the referee: what it makes of our answers, whatever kind of provider serves them.
// anthropic-upstream.test.ts has what only Anthropic's own API can do.
import type Anthropic from '@anthropic-ai/sdk'
import { APIError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk'
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages'
import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TOOL_INPUT } from '../support/fake-anthropic.ts'
import { callsIn, clientOf, saidIn, startOverFake, thrownBy, weather } from './anthropic.ts'
import { CODE_PROMPT, CODE_ROUTE, collect, receiptOf, TOOL_PROMPT, user } from './contract.ts'
import { type ConformanceServer, startServer } from './server.ts'

const force = { type: 'tool' as const, name: 'get_weather' }
const NUMBERS = expect.objectContaining({ city: expect.any(String), days: expect.any(Number) })

interface Running {
  server: ConformanceServer
  /** What stands behind an OpenAI-kind or Anthropic-kind mock. */
  mock?: LLMock
  stop(): Promise<void>
}

interface Setup {
  name: string
  /** Once; every group that asks gets the same. */
  start(): Promise<Running>
}

const running: Promise<Running>[] = []
const setup = (name: string, start: () => Promise<Running>): Setup => {
  let started: Promise<Running> | undefined
  return {
    name,
    start: () => {
      if (started) return started
      started = start()
      running.push(started)
      return started
    },
  }
}

const overMock = (kind: 'openai' | 'anthropic'): Setup =>
  setup(`an independent mock of ${kind}’s API`, async () => {
    const mock = new LLMock({ port: 0, chunkSize: 8 })
    mock.prependFixture({
      match: { predicate: ({ messages }) => messages.at(-1)?.role === 'tool' },
      response: { content: 'It is sunny in Lisbon.' },
    })
    mock.onMessage(CODE_PROMPT, { content: 'def sort(items):\n    return sorted(items) # ✓ 整列' })
    mock.onMessage(TOOL_PROMPT, {
      toolCalls: [{ name: 'get_weather', arguments: '{"city":"Lisbon","days":2}' }],
    })
    await mock.start()
    const server = await startServer({ kind, base_url: `${mock.url}/v1` })
    const stop = async () => {
      await server.close()
      await mock.stop()
    }
    return { server, mock, stop }
  })

const overEcho = setup('the echo provider', async () => {
  const server = await startServer({ kind: 'echo' })
  return { server, stop: server.close }
})

const overFake = setup('a fake of Anthropic’s API', startOverFake)

const overOpenAiMock = overMock('openai')

afterAll(async () => {
  for (const started of running) await (await started).stop()
})

describe.each([overEcho, overOpenAiMock, overMock('anthropic'), overFake])(
  'the anthropic client over $name',
  ({ start }) => {
    let server: ConformanceServer
    let client: Anthropic
    beforeAll(async () => {
      ;({ server } = await start())
      client = clientOf(server)
    }, 120_000)

    const ask = (prompt: string, rest = {}) => ({
      model: 'auto',
      max_tokens: 300,
      messages: user(prompt),
      ...rest,
    })

    test('gets a whole message, and reads the decision from the headers', async () => {
      const { data, response, request_id } = await client.messages
        .create(ask(CODE_PROMPT))
        .withResponse()
      expect(data).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' })
      expect(data.id).toMatch(/^msg_./)
      expect(saidIn(data)).toMatch(/./)
      expect(data.usage.input_tokens).toEqual(expect.any(Number))
      expect(data.usage.output_tokens).toEqual(expect.any(Number))
      expect(response.headers.get('x-router-route')).toBe(CODE_ROUTE)
      expect(response.headers.get('x-router-model')).toBe('large')
      expect(request_id).toBe(response.headers.get('x-request-id'))
      const id = response.headers.get('x-router-decision-id')
      expect(await receiptOf(server.client, id)).toMatchObject({
        route: CODE_ROUTE,
        outcome: 'served',
      })
    })

    test('streams with its helper the text that it gets whole', async () => {
      const whole = await client.messages.create(ask(CODE_PROMPT))
      const stream = client.messages.stream(ask(CODE_PROMPT))
      const deltas: string[] = []
      stream.on('text', (text) => deltas.push(text))
      const message = await stream.finalMessage()
      expect(deltas.join('')).toBe(saidIn(whole))
      expect(saidIn(message)).toBe(saidIn(whole))
      expect(deltas.length).toBeGreaterThan(2)
      expect(message.stop_reason).toBe('end_turn')
      expect(message.usage.output_tokens).toBe(whole.usage.output_tokens)
      expect(message.usage.input_tokens).toBe(whole.usage.input_tokens)
    })

    test('sees the named events in their order', async () => {
      const stream = await client.messages.create({ ...ask(CODE_PROMPT), stream: true })
      const names = (await collect(stream)).map(({ type }) => type)
      const order = names.filter((name, i) => name !== names[i - 1])
      expect(order).toEqual([
        'message_start',
        'content_block_start',
        'content_block_delta',
        'content_block_stop',
        'message_delta',
        'message_stop',
      ])
    })

    test('calls a tool, whole and streamed, and gets an answer to its result', async () => {
      const question = ask(TOOL_PROMPT, { tools: [weather], tool_choice: force })
      const whole = await client.messages.create(question)
      const streamed = await client.messages.stream(question).finalMessage()
      for (const message of [whole, streamed]) {
        expect(message.stop_reason).toBe('tool_use')
        const [call] = callsIn(message)
        expect(call).toMatchObject({ name: 'get_weather', input: NUMBERS })
        const messages: MessageParam[] = [
          ...question.messages,
          { role: 'assistant', content: message.content },
          {
            role: 'user',
            content: callsIn(message).map(({ id }) => ({
              type: 'tool_result' as const,
              tool_use_id: id,
              content: 'sunny',
            })),
          },
        ]
        const answer = await client.messages.create({
          ...question,
          messages,
          tool_choice: { type: 'auto' },
        })
        expect(answer.stop_reason).toBe('end_turn')
        expect(saidIn(answer)).toMatch(/./)
      }
    })

    test('counts tokens, and is told whether the count is exact', async () => {
      const { data, response } = await client.messages
        .countTokens({
          model: 'auto',
          system: 'Be brief.',
          messages: user(CODE_PROMPT),
          tools: [weather],
        })
        .withResponse()
      expect(response.headers.get('x-router-token-count')).toBe('estimated')
      expect(data.input_tokens).toBeGreaterThan(20)
      expect(data.input_tokens).toBeLessThan(200)
    })

    test('is answered when it asks for a model of Claude that nobody configured', async () => {
      const { data, response } = await client.messages
        .create({ ...ask(CODE_PROMPT), model: 'claude-sonnet-4-5-20250929' })
        .withResponse()
      expect(data.content[0]).toMatchObject({ type: 'text' })
      expect(response.headers.get('x-router-alias')).toBe('unknown_model=auto')
    })

    test('throws NotFoundError for an unknown model, with Anthropic’s type and our request id', async () => {
      const asked = client.messages.create({ ...ask('hi'), model: 'nope' })
      const error = (await thrownBy(asked)) as APIError
      expect(error).toBeInstanceOf(NotFoundError)
      expect(error.type).toBe('not_found_error')
      expect(error.requestID).toMatch(/./)
      expect(error.error).toMatchObject({ type: 'error', request_id: error.requestID })
    })

    test('throws BadRequestError that names the wrong parameter, also where it asked for a stream', async () => {
      for (const stream of [false, true]) {
        const messages = [{ role: 'user' as const, content: 7 as unknown as string }]
        const error = (await thrownBy(
          client.messages.create({ ...ask('x'), messages, stream }),
        )) as APIError
        expect(error).toBeInstanceOf(BadRequestError)
        expect(error.type).toBe('invalid_request_error')
        expect(error.apiMessage).toContain('messages[0].content')
      }
    })
  },
)

describe('the anthropic client over an OpenAI-kind model', () => {
  let mock: LLMock
  let client: Anthropic
  beforeAll(async () => {
    const started = await overOpenAiMock.start()
    mock = started.mock as LLMock
    client = clientOf(started.server)
  }, 120_000)

  const ask = { model: 'small', max_tokens: 60 }

  test('is refused by name what that model cannot be asked for, and no call is made', async () => {
    mock.clearRequests()
    const tools = [{ type: 'web_search_20250305' as const, name: 'web_search' as const }]
    const error = (await thrownBy(
      client.messages.create({ ...ask, messages: user('hi'), tools }),
    )) as APIError
    expect(error).toBeInstanceOf(BadRequestError)
    expect(error.apiMessage).toContain('tools[0] (web_search_20250305)')
    expect(mock.getRequests()).toEqual([])
  })

  test('sends system, tools and tool results in OpenAI’s form', async () => {
    mock.clearRequests()
    mock.onToolResult('t1', { content: 'Sunny.' })
    const messages: MessageParam[] = [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 't1', name: 'get_weather', input: TOOL_INPUT }],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 't1', content: 'sunny', is_error: true }],
      },
    ]
    await client.messages.create({ ...ask, system: 'Brief.', messages, tools: [weather] })
    expect(mock.getRequests()[0]?.body).toMatchObject({
      model: 'small-upstream',
      messages: [
        { role: 'system', content: 'Brief.' },
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          tool_calls: [{ id: 't1', function: { arguments: JSON.stringify(TOOL_INPUT) } }],
        },
        { role: 'tool', tool_call_id: 't1', content: 'Error: sunny' },
      ],
      tools: [{ type: 'function', function: { name: 'get_weather' } }],
    })
  })

  test('gets what came of a stream that breaks off, then an APIError', async () => {
    const text = 'All work and no play makes for a very long answer. '.repeat(20)
    mock.onMessage('cut', { content: text }, { truncateAfterChunks: 6, latency: 20 })
    const stream = await client.messages.create({ ...ask, messages: user('cut'), stream: true })
    const names: string[] = []
    const error = await thrownBy(
      (async () => {
        for await (const { type } of stream) names.push(type)
      })(),
    )
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ type: 'api_error' })
    expect(names).toContain('content_block_delta')
    expect(names).not.toContain('message_stop')
  })
})
