// The Anthropic upstream against a provider on loopback: translated and native, whole and streamed, refused and cut.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RouterError } from '../../../src/errors.ts'
import {
  ANTHROPIC_KEY,
  type FakeAnthropic,
  START_USAGE,
  STREAMS,
  startFakeAnthropic,
  TEXT,
  THOUGHT,
} from '../../support/fake-anthropic.ts'
import { API_KEY, asJson, asStream, drain, eventsOf, requestOf } from '../harness.ts'
import { anthropicFor, nativeRequestOf } from './harness.ts'

let provider: FakeAnthropic
beforeAll(async () => {
  provider = await startFakeAnthropic()
})
afterAll(() => provider.close())

const upstream = () => anthropicFor(provider.baseUrl).upstream
const failure = async (promise: Promise<unknown>): Promise<RouterError> =>
  promise.then(
    () => expect.unreachable('the call succeeded'),
    (error: RouterError) => error,
  )

/** 10 + 7 at 1 $, 3 written to the cache at 1.25 $ and 5 at 2 $ per million. */
const COST = 30.75 / 1e6
const OPENAI_USAGE = {
  prompt_tokens: 20,
  completion_tokens: 5,
  total_tokens: 25,
  prompt_tokens_details: { cached_tokens: 7, cache_creation_tokens: 3 },
  cost: COST,
}
const USAGE = {
  promptTokens: 20,
  completionTokens: 5,
  isEstimated: false,
  cachedPromptTokens: 7,
  cacheWriteTokens: 3,
}

describe('a translated call', () => {
  it('carries key and version in Anthropic’s headers', async () => {
    await upstream().chat(requestOf('text'))
    const attempt = provider.attempts.at(-1)
    expect(attempt?.path).toBe('/v1/messages')
    expect(attempt?.headers).toMatchObject({
      'x-api-key': ANTHROPIC_KEY,
      'anthropic-version': '2023-06-01',
    })
    expect(attempt?.headers).not.toHaveProperty('authorization')
  })

  it('answers with a chat completion, its usage and its cost', async () => {
    const reply = asJson(await upstream().chat(requestOf('tools')))
    expect(reply.dialect).toBeUndefined()
    expect(reply.usage).toEqual(USAGE)
    const call = (id: string, name: string, args: string) => ({
      id,
      type: 'function',
      function: { name, arguments: args },
    })
    expect(reply.body).toEqual({
      id: 'chatcmpl-01fake',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'tools',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: TEXT,
            refusal: null,
            tool_calls: [
              call('toolu_01', 'get_weather', '{"city":"Lisbon","days":2}'),
              call('toolu_02', 'now', '{}'),
            ],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage: OPENAI_USAGE,
    })
  })

  it('tells thoughts as reasoning_content', async () => {
    const reply = asJson(await upstream().chat(requestOf('thinking')))
    expect(reply.body).toMatchObject({
      choices: [{ message: { content: TEXT, reasoning_content: THOUGHT }, finish_reason: 'stop' }],
    })
  })
})

interface Chunk {
  id: string
  choices: { delta: Record<string, unknown>; finish_reason: string | null }[]
  usage?: unknown
}

const chunksOf = (text: string): Chunk[] => eventsOf(text).slice(0, -1) as Chunk[]
const deltasOf = (chunks: Chunk[]) => chunks.flatMap(({ choices }) => choices.map((c) => c.delta))

describe('a translated stream', () => {
  const ask = async (model: string, body = {}) => {
    const request = requestOf(model, { stream: true, ...body })
    const { stream, end } = asStream(await upstream().chat(request))
    return { ...(await drain(stream)), end: await end }
  }

  it('gives text in chunks of one id, one finish_reason, usage where asked, and [DONE]', async () => {
    const { text, error, end } = await ask('text', { stream_options: { include_usage: true } })
    expect(error).toBeNull()
    expect(eventsOf(text).at(-1)).toBe('[DONE]')
    const chunks = chunksOf(text)
    expect(new Set(chunks.map(({ id }) => id))).toEqual(new Set(['chatcmpl-01fake']))
    const deltas = deltasOf(chunks)
    expect(deltas[0]).toEqual({ role: 'assistant', content: '' })
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe(TEXT)
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: OPENAI_USAGE })
    expect(end).toEqual({ outcome: 'served', usage: USAGE, errorCode: null })
  })

  it('has no usage chunk where none was asked for', async () => {
    const { text } = await ask('text')
    expect(text).not.toContain('"usage"')
  })

  it('gives tool calls in deltas whose arguments parse, also where there are none', async () => {
    const { text } = await ask('tools')
    const calls = new Map<
      number,
      { id?: string | undefined; name?: string | undefined; args: string }
    >()
    for (const delta of deltasOf(chunksOf(text))) {
      for (const call of (delta.tool_calls ?? []) as {
        index: number
        id?: string
        function: { name?: string; arguments?: string }
      }[]) {
        const known = calls.get(call.index) ?? { args: '' }
        known.id ??= call.id
        known.name ??= call.function.name
        known.args += call.function.arguments ?? ''
        calls.set(call.index, known)
      }
    }
    expect([...calls]).toEqual([
      [0, { id: 'toolu_01', name: 'get_weather', args: '{"city": "Lisbon", "days": 2}' }],
      [1, { id: 'toolu_02', name: 'now', args: '{}' }],
    ])
  })

  it('gives thoughts as reasoning_content', async () => {
    const deltas = deltasOf(chunksOf((await ask('thinking')).text))
    expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toBe(THOUGHT)
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe(TEXT)
  })

  it.each([
    ['cut', 'upstream_interrupted'],
    ['no-stop', 'upstream_interrupted'],
    ['error-mid', 'upstream_error'],
  ])('%s ends in an error event and an error, without finish_reason', async (model, code) => {
    const { text, error, end } = await ask(model)
    const events = eventsOf(text)
    expect(events.at(-1)).toMatchObject({ error: { code: 'upstream_interrupted' } })
    expect(text).not.toContain('[DONE]')
    expect(chunksOf(text).flatMap((c) => c.choices.map((x) => x.finish_reason))).not.toContain(
      'stop',
    )
    expect(error).toMatchObject({ code })
    expect(end).toMatchObject({ outcome: 'interrupted', errorCode: code })
  })

  it('that begins with an error throws, retryable, with the status that it stands for', async () => {
    const error = await failure(upstream().chat(requestOf('error-first', { stream: true })))
    expect(error).toMatchObject({
      code: 'upstream_invalid',
      isRetryable: true,
      details: { providerType: 'overloaded_error', providerStatus: 529 },
    })
  })
})

describe('a native call', () => {
  it('sends the caller’s body as it came but for the model, with the caller’s headers', async () => {
    const body = {
      max_tokens: 4_000,
      system: [{ type: 'text', text: 'Brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 3 }],
      thinking: { type: 'enabled', budget_tokens: 2_000 },
      messages: [
        { role: 'user', content: 'Hello' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
            { type: 'redacted_thinking', data: 'ZGF0YQ' },
            { type: 'text', text: 'Hi' },
          ],
        },
        { role: 'user', content: 'Again' },
      ],
    }
    const headers = { 'anthropic-version': '2099-01-01', 'anthropic-beta': 'a-1,b-2' }
    await upstream().chat(nativeRequestOf('text', body, headers))
    const attempt = provider.attempts.at(-1)
    expect(attempt?.body).toEqual({ model: 'text', ...body })
    expect(attempt?.headers).toMatchObject({ ...headers, 'x-api-key': ANTHROPIC_KEY })
  })

  it('leaves out thoughts of another provider’s model, which have no signature', async () => {
    const content = [
      { type: 'thinking', thinking: 'Elsewhere.', signature: '' },
      { type: 'text', text: 'Hi' },
    ]
    const messages = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content },
      { role: 'user', content: 'Again' },
    ]
    await upstream().chat(nativeRequestOf('text', { messages }))
    expect(provider.attempts.at(-1)?.body.messages).toMatchObject([
      {},
      { content: [{ type: 'text' }] },
      {},
    ])
  })

  it('answers as the provider did, with the cost beside its usage', async () => {
    const reply = asJson(await upstream().chat(nativeRequestOf('thinking')))
    expect(reply.dialect).toBe('anthropic')
    expect(reply.usage).toEqual(USAGE)
    expect(reply.body).toEqual({
      id: 'msg_01fake',
      type: 'message',
      role: 'assistant',
      model: 'thinking',
      content: [
        { type: 'thinking', thinking: THOUGHT, signature: 'c2lnbmVk' },
        { type: 'text', text: TEXT },
      ],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { ...START_USAGE, output_tokens: 5, cost: COST },
    })
  })

  it.each(['text', 'thinking', 'tools'])(
    'streams %s in the provider’s own bytes, plus the cost',
    async (model) => {
      const reply = asStream(await upstream().chat(nativeRequestOf(model, { stream: true })))
      expect(reply.dialect).toBe('anthropic')
      const { text, error } = await drain(reply.stream)
      const sent = (STREAMS[model] ?? []).join('')
      expect(text).toBe(sent.replace('{"output_tokens":5}', `{"output_tokens":5,"cost":${COST}}`))
      expect(error).toBeNull()
      expect(await reply.end).toEqual({ outcome: 'served', usage: USAGE, errorCode: null })
    },
  )

  it.each([
    ['cut', 'upstream_interrupted', 'api_error'],
    ['no-stop', 'upstream_interrupted', 'api_error'],
    ['error-mid', 'upstream_error', 'overloaded_error'],
  ])(
    '%s ends in Anthropic’s error event and an error, never message_stop',
    async (model, code, type) => {
      const reply = asStream(await upstream().chat(nativeRequestOf(model, { stream: true })))
      const { text, error } = await drain(reply.stream)
      const last = text.trimEnd().split('\n\n').at(-1)
      expect(last).toMatch(/^event: error\ndata: /)
      expect(JSON.parse(String(last).slice('event: error\ndata: '.length))).toMatchObject({
        type: 'error',
        error: { type },
      })
      expect(text).not.toContain('message_stop')
      expect(error).toMatchObject({ code })
      expect(await reply.end).toMatchObject({ outcome: 'interrupted', errorCode: code })
    },
  )
})

describe('an error status', () => {
  it.each([
    [400, false],
    [401, false],
    [429, true],
    [500, true],
    [529, true],
  ])('%i is upstream_error, retryable: %s, with the wait', async (status, isRetryable) => {
    for (const request of [requestOf(`status-${status}`), nativeRequestOf(`status-${status}`)]) {
      const error = await failure(upstream().chat(request))
      expect(error).toMatchObject({
        code: 'upstream_error',
        isRetryable,
        details: { status, retryAfterMs: 2_000, providerMessage: 'as ordered' },
      })
    }
  })

  it('for a wrong key never tells the key', async () => {
    const { upstream } = anthropicFor(provider.baseUrl, { keys: [API_KEY] })
    const error = await failure(upstream.chat(requestOf('text')))
    expect(error.details).toMatchObject({ status: 401, isKeyRejected: true })
    expect(JSON.stringify([error.message, error.details])).not.toContain(API_KEY)
  })
})

describe('a count of tokens', () => {
  it('is the provider’s, for a native and for a translated request', async () => {
    for (const request of [nativeRequestOf('text'), requestOf('text', { temperature: 1 })]) {
      const { native } = request
      if (native) delete native.body.max_tokens
      expect(await upstream().countTokens?.(request)).toBe(1_234)
      expect(provider.attempts.at(-1)?.path).toBe('/v1/messages/count_tokens')
    }
  })
})
