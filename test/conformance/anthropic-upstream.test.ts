// What only Anthropic's own API can show: what reaches it from clients of either dialect, what survives on the way back,
// and its failures. The API is a fake that refuses what the real one refuses.
import type Anthropic from '@anthropic-ai/sdk'
import {
  type APIError,
  BadRequestError,
  InternalServerError,
  RateLimitError,
} from '@anthropic-ai/sdk'
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema'
import type { ChatCompletionChunk } from 'openai/resources/chat/completions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ANTHROPIC_KEY,
  type FakeAnthropic,
  TEXT,
  THOUGHT,
  TOOL_INPUT,
} from '../support/fake-anthropic.ts'
import { clientOf, modelOf, startOverFake, thrownBy, weather } from './anthropic.ts'
import {
  callWeather,
  collect,
  TOOL_PROMPT,
  textOf,
  user,
  weatherFunction,
  weatherTool,
} from './contract.ts'
import { CALLER_KEY, type ConformanceServer } from './server.ts'

let server: ConformanceServer
let fake: FakeAnthropic
let stop: () => Promise<void> = async () => {}
let client: Anthropic
beforeAll(async () => {
  ;({ server, fake, stop } = await startOverFake())
  client = clientOf(server)
}, 120_000)
afterAll(() => stop())

describe('over Anthropic’s own API', () => {
  const latest = () => fake.attempts.at(-1)
  const ask = (prompt: string, rest = {}) => ({
    model: 'large',
    max_tokens: 60,
    messages: user(prompt),
    ...rest,
  })

  test('an anthropic client’s body arrives as it wrote it, with the provider’s key', async () => {
    const tools = [
      { type: 'web_search_20250305' as const, name: 'web_search' as const, max_uses: 2 },
      { ...weather, cache_control: { type: 'ephemeral' as const } },
    ]
    await client.messages.create(ask('hello', { tools, top_k: 3 }), {
      headers: { 'anthropic-beta': 'some-beta-2026' },
    })
    expect(latest()?.body).toEqual({
      ...ask('hello', { tools, top_k: 3 }),
      model: 'large-upstream',
    })
    expect(latest()?.headers).toMatchObject({
      'x-api-key': ANTHROPIC_KEY,
      'anthropic-version': '2026-10-21',
      'anthropic-beta': 'some-beta-2026',
    })
    expect(JSON.stringify(latest())).not.toContain(CALLER_KEY)
  })

  test('thinking survives with its signature, whole and streamed; the cost is in usage', async () => {
    const question = ask('script:thinking')
    const whole = await client.messages.create(question)
    const streamed = await client.messages.stream(question).finalMessage()
    for (const { content, usage } of [whole, streamed]) {
      expect(content).toEqual([
        { type: 'thinking', thinking: THOUGHT, signature: 'c2lnbmVk' },
        { type: 'text', text: TEXT },
      ])
      expect(usage).toMatchObject({
        input_tokens: 10,
        cache_read_input_tokens: 7,
        output_tokens: 5,
      })
    }
    expect(whole.usage).toMatchObject({ cost: 81.5 / 1e6 }) // 17 × 2 $, 3 written × 2.5 $ and 5 × 8 $ per million
  })

  // It sends its turns on a thread, which the fake has always lost and which a routed model cannot keep.
  test.each(['large', 'auto'])(
    'the tool runner of the beta client runs a whole conversation with %s',
    async (model) => {
      const calls: unknown[] = []
      const run = (input: unknown) => {
        calls.push(input)
        return 'sunny'
      }
      const inputSchema = weatherFunction.parameters as never
      const runner = client.beta.messages.toolRunner({
        ...ask('Will I need an umbrella?', { model }),
        tools: [
          betaTool({ name: 'get_weather', description: 'Weather.', inputSchema, run }),
          betaTool({ name: 'now', description: 'Time.', inputSchema: { type: 'object' }, run }),
        ],
      })
      const message = await runner
      expect(calls).toEqual([TOOL_INPUT, {}])
      expect(JSON.stringify(message.content)).toContain('The tool said')
      expect(latest()?.body.thread).toEqual(model === 'auto' ? undefined : { type: 'create' })
    },
  )

  test('tokens of a pinned model are counted by the provider', async () => {
    const { data, response } = await client.messages
      .countTokens({ model: 'large', messages: user('hi') })
      .withResponse()
    expect(data).toEqual({ input_tokens: 1_234 })
    expect(response.headers.get('x-router-token-count')).toBe('exact')
  })

  test('a stream that it cuts throws at the client, of either dialect', async () => {
    const native = client.messages.stream(ask('script:cut'))
    expect(await thrownBy(native.finalMessage())).toBeInstanceOf(Error)
    const stream = await server.client.chat.completions.create({
      model: 'large',
      messages: user('script:cut'),
      stream: true,
    })
    const chunks: ChatCompletionChunk[] = []
    const error = await thrownBy(
      (async () => {
        for await (const chunk of stream) chunks.push(chunk)
      })(),
    )
    expect(error).toMatchObject({ code: 'upstream_interrupted' })
    expect(TEXT.startsWith(textOf(chunks))).toBe(true)
    expect(textOf(chunks)).not.toBe('')
  })

  test('an openai client gets text and usage, whole and streamed', async () => {
    const openai = server.client.chat.completions
    const request = { model: 'large', messages: user('hello') }
    const whole = await openai.create(request)
    expect(whole.choices[0]).toMatchObject({ message: { content: TEXT }, finish_reason: 'stop' })
    expect(whole.usage).toMatchObject({
      prompt_tokens: 20,
      completion_tokens: 5,
      total_tokens: 25,
      cost: 81.5 / 1e6,
    })
    const options = { stream: true as const, stream_options: { include_usage: true } }
    const chunks = await collect(await openai.create({ ...request, ...options }))
    expect(textOf(chunks)).toBe(TEXT)
    expect(chunks.at(-1)?.usage).toMatchObject({ total_tokens: 25, cost: 81.5 / 1e6 })
  })

  test('an openai client calls tools and answers them, whole and streamed', async () => {
    const openai = server.client.chat.completions
    const request = {
      model: 'large',
      messages: user(TOOL_PROMPT),
      tools: [weatherTool],
      tool_choice: callWeather,
    }
    const whole = (await openai.create(request)).choices[0]
    const streamed = (await openai.stream(request).finalChatCompletion()).choices[0]
    for (const choice of [whole, streamed]) {
      expect(choice?.finish_reason).toBe('tool_calls')
      const calls = choice?.message.tool_calls ?? []
      const inputs = calls.map(
        (call) => call.type === 'function' && JSON.parse(call.function.arguments),
      )
      expect(inputs).toEqual([TOOL_INPUT, {}])
      const results = calls.map(({ id }) => ({
        role: 'tool' as const,
        tool_call_id: id,
        content: 'sunny',
      }))
      const { content = null } = choice?.message ?? {}
      const turn = { role: 'assistant' as const, content, tool_calls: calls }
      const messages = [...request.messages, turn, ...results]
      const answer = await openai.create({ model: 'large', messages, tools: [weatherTool] })
      expect(answer.choices[0]?.message.content).toContain('sunny')
    }
  })

  test('an openai client is refused by name what Anthropic’s API lacks', async () => {
    const before = fake.attempts.length
    const asked = server.client.chat.completions.create({
      model: 'large',
      messages: user('hi'),
      logprobs: true,
    })
    await expect(asked).rejects.toMatchObject({ status: 400, param: 'logprobs' })
    expect(fake.attempts).toHaveLength(before)
  })
})

describe('errors of Anthropic’s own API', () => {
  test.each([
    [400, BadRequestError, 'invalid_request_error'],
    [529, InternalServerError, 'overloaded_error'],
    [429, RateLimitError, 'rate_limit_error'],
  ] as const)('its %i comes as the client’s own error', async (status, type, name) => {
    const error = (await thrownBy(
      client.messages.create({
        model: modelOf(status),
        max_tokens: 9,
        messages: user(`script:status-${status}`),
      }),
    )) as APIError
    expect(error).toBeInstanceOf(type)
    expect(error.type).toBe(name)
    expect(error.apiMessage).toContain('as ordered')
  })
})
