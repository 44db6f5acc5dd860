// What only a real provider can show: what reaches it, its failures as the official client sees them, and a client that
// leaves. The provider is an independent mock that knows nothing of us.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { LLMock } from '@copilotkit/aimock'
import OpenAI, {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  RateLimitError,
} from 'openai'
import type { ChatCompletionChunk } from 'openai/resources/chat/completions'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CODE_PROMPT, collect, receiptOf, textOf, user, weatherFunction } from './contract.ts'
import { CALLER_KEY, type ConformanceServer, startServer } from './server.ts'

const PROVIDER_KEY = 'sk-provider-1111111111111111'
/** For what no event tells; only a failure waits so long. */
const PATIENT = { timeout: 20_000 }
/** The models of tests that are not about routing: how a short prompt is classified differs between machines. */
const PINNED = ['long', 'busy', 'broken', 'keyless', 'cut', 'slow', 'waiting']
const LONG_ANSWER = 'All work and no play makes for a very long answer. '.repeat(40)

/** It answers 401 to any other key. */
const mock = new LLMock({ port: 0, chunkSize: 8, auth: { apiKeys: [PROVIDER_KEY] } })
let server: ConformanceServer
let client: OpenAI
/** Retries as the client does out of the box. */
let eager: OpenAI

beforeAll(async () => {
  await mock.start()
  subscribe('http.server.request.start', noteAnswer)
  const env = { PROVIDER_KEY }
  server = await startServer(
    { kind: 'openai', base_url: `${mock.url}/v1`, api_key_env: 'PROVIDER_KEY' },
    env,
    // One provider meets every fault here, and must not be rested for the next test; nor must a model, so each has its own.
    {
      resilience: { breaker_failures: 1_000, backoff_max_ms: 10, backoff_base_ms: 10 },
      models: Object.fromEntries(
        PINNED.map((name) => [name, { provider: 'upstream', name: `${name}-upstream` }]),
      ),
    },
  )
  client = server.client
  eager = new OpenAI({ baseURL: server.baseURL, apiKey: CALLER_KEY, maxRetries: 2 })
}, 120_000)
afterAll(async () => {
  unsubscribe('http.server.request.start', noteAnswer)
  await server?.close()
  await mock.stop()
})
beforeEach(() => {
  mock.clearFixtures()
  mock.clearRequests()
  providerAnswer = undefined
})

const received = () => mock.getRequests()
const headersOf = (error: unknown): Headers => (error as APIError).headers as Headers
/** Node's own view of the provider's latest answer: the mock does not notice when its caller leaves. */
let providerAnswer: ServerResponse | undefined
const noteAnswer = (message: unknown): void => {
  const { response, socket } = message as {
    response: ServerResponse
    socket: { localPort: number }
  }
  if (socket.localPort === mock.port) providerAnswer = response
}
/** Resolves when the answer's connection is gone, and tells whether all of it had been sent. */
const answerClosed = async (): Promise<{ isComplete: boolean }> => {
  if (!providerAnswer) throw new Error('the provider was not called')
  if (!providerAnswer.closed) await once(providerAnswer, 'close')
  return { isComplete: providerAnswer.writableFinished }
}
const thrownBy = async (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => expect.unreachable('the call succeeded'),
    (error: unknown) => error,
  )

test('the provider gets its own model name and key, and every other field as the caller wrote it', async () => {
  mock.onMessage(CODE_PROMPT, { content: 'sorted()' })
  const messages = [
    { role: 'system' as const, content: 'Answer tersely.' },
    { role: 'user' as const, content: [{ type: 'text' as const, text: CODE_PROMPT }] },
  ]
  const request = {
    model: 'auto',
    messages,
    temperature: 0.25,
    seed: 7,
    response_format: { type: 'json_object' as const },
    metadata: { ticket: '42' },
    top_k: 20, // no field of OpenAI's, but of many compatible servers
  }
  await client.chat.completions.create(request)
  expect(received()).toHaveLength(1)
  expect(received()[0]?.body).toMatchObject({ ...request, model: 'large-upstream' })
  expect(JSON.stringify(received())).not.toContain(CALLER_KEY)
})

test('a whole tool conversation runs through the helper that calls the tools', async () => {
  mock.onToolResult('call_lisbon', { content: 'It is sunny in Lisbon.' })
  mock.onMessage('Lisbon', {
    toolCalls: [
      { id: 'call_lisbon', name: 'get_weather', arguments: '{"city":"Lisbon","days":1}' },
    ],
  })
  const calls: unknown[] = []
  const runner = client.chat.completions.runTools({
    model: 'auto',
    messages: user('Will I need an umbrella in Lisbon?'),
    stream: true,
    tools: [
      {
        type: 'function',
        function: {
          ...weatherFunction,
          parse: JSON.parse,
          function: (given: unknown) => {
            calls.push(given)
            return 'sunny'
          },
        },
      },
    ],
  })
  expect(await runner.finalContent()).toBe('It is sunny in Lisbon.')
  expect(calls).toEqual([{ city: 'Lisbon', days: 1 }])
  expect(received()).toHaveLength(2)
})

test('a provider’s 400 comes through with its own words and code, once', async () => {
  const message = "This model's maximum context length is 8192 tokens."
  mock.onMessage('long', {
    error: { message, type: 'invalid_request_error', code: 'context_length_exceeded' },
    status: 400,
  })
  for (const stream of [false, true]) {
    mock.clearRequests()
    const error = await thrownBy(
      eager.chat.completions.create({ model: 'long', messages: user('too long'), stream }),
    )
    expect(error).toBeInstanceOf(BadRequestError)
    expect(error).toMatchObject({ code: 'context_length_exceeded', type: 'invalid_request_error' })
    expect((error as APIError).message).toContain(message)
    expect(headersOf(error).get('x-router-decision-id')).toEqual(expect.stringMatching(/./))
    expect(received()).toHaveLength(1)
  }
})

test('a provider’s 429 is a RateLimitError with the time to wait', async () => {
  mock.onMessage('busy', {
    error: { message: 'Slow down.', type: 'rate_limit_error', code: 'rate_limit_exceeded' },
    status: 429,
    retryAfter: 7,
  })
  const error = await thrownBy(
    client.chat.completions.create({ model: 'busy', messages: user('busy') }),
  )
  expect(error).toBeInstanceOf(RateLimitError)
  expect(error).toMatchObject({ code: 'rate_limit_exceeded' })
  expect(headersOf(error).get('retry-after')).toBe('7')
})

test('a provider’s 500 is an InternalServerError that the client does not multiply by retrying', async () => {
  mock.onMessage('broken', { error: { message: 'Boom.', type: 'server_error' }, status: 500 })
  const error = await thrownBy(
    eager.chat.completions.create({ model: 'broken', messages: user('broken') }),
  )
  expect(error).toBeInstanceOf(InternalServerError)
  expect(error).toMatchObject({ status: 503, code: 'upstream_error' })
  expect(received()).toHaveLength(2) // the call and our one repeat
})

test('a provider that rejects our key is no AuthenticationError of the caller, and no key is told', async () => {
  mock.onMessage('key', {
    error: { message: `Incorrect API key provided: ${PROVIDER_KEY}.`, code: 'invalid_api_key' },
    status: 401,
  })
  const error = await thrownBy(
    client.chat.completions.create({ model: 'keyless', messages: user('key') }),
  )
  expect(error).not.toBeInstanceOf(AuthenticationError)
  expect(error).toBeInstanceOf(InternalServerError)
  expect(error).toMatchObject({ status: 502 })
  expect(JSON.stringify(error) + String(error)).not.toContain(PROVIDER_KEY)
})

test('a stream that the provider breaks off gives what came, then throws', async () => {
  mock.onMessage('cut', { content: LONG_ANSWER }, { truncateAfterChunks: 6, latency: 40 })
  const stream = await client.chat.completions.create({
    model: 'cut',
    messages: user('cut'),
    stream: true,
  })
  const chunks: ChatCompletionChunk[] = []
  const error = await thrownBy(
    (async () => {
      for await (const chunk of stream) chunks.push(chunk)
    })(),
  )
  expect(error).toBeInstanceOf(APIError)
  expect(error).toMatchObject({ code: 'upstream_interrupted' })
  expect(textOf(chunks).length).toBeGreaterThan(0)
  expect(LONG_ANSWER.startsWith(textOf(chunks))).toBe(true)
  expect(chunks.some(({ choices }) => choices[0]?.finish_reason)).toBe(false)
})

test('aborting a stream ends it at the client, at the provider and in the receipt', async () => {
  mock.onMessage('slow', { content: LONG_ANSWER }, { latency: 40 })
  const { data, response } = await client.chat.completions
    .create({ model: 'slow', messages: user('slow'), stream: true })
    .withResponse()
  const id = response.headers.get('x-router-decision-id')
  for await (const chunk of data) if (chunk.choices[0]?.delta.content) data.controller.abort()
  const { facts } = await server.logged((line) => line.facts.decisionId === id)
  expect(facts.streamEnd).toBe('client_closed')
  await expect
    .poll(async () => (await receiptOf(client, id)).outcome, PATIENT)
    .toBe('client_closed')
  expect(await answerClosed()).toEqual({ isComplete: false })
})

test('aborting before the answer throws APIUserAbortError and frees the call', async () => {
  mock.onMessage('waiting', { content: LONG_ANSWER }, { latency: 60_000 })
  const controller = new AbortController()
  const asked = client.chat.completions.create(
    { model: 'waiting', messages: user('waiting'), stream: true },
    { signal: controller.signal, headers: { 'x-request-id': 'abort-before-answer' } },
  )
  const outcome = thrownBy(asked)
  await expect.poll(() => providerAnswer, PATIENT).toBeDefined()
  controller.abort()
  expect(await outcome).toBeInstanceOf(APIUserAbortError)
  expect(await answerClosed()).toEqual({ isComplete: false })
  const { facts } = await server.logged((line) => line.facts.requestId === 'abort-before-answer')
  expect(facts).toMatchObject({ status: 499, errorCode: 'client_closed' })
})

test('usage that the provider counted is the usage that the client gets and the receipt keeps', async () => {
  const usage = { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 }
  mock.onMessage(CODE_PROMPT, { content: 'sorted()', usage })
  const { data, response } = await client.chat.completions
    .create({
      model: 'auto',
      messages: user(CODE_PROMPT),
      stream: true,
      stream_options: { include_usage: true },
    })
    .withResponse()
  const chunks = await collect(data)
  expect(chunks.at(-1)?.usage).toMatchObject(usage)
  const id = response.headers.get('x-router-decision-id')
  expect(await receiptOf(client, id)).toMatchObject({
    usage: { prompt_tokens: 1_000, completion_tokens: 500, is_estimated: false },
    cost_usd: 0.006, // 1,000 × 2 $ and 500 × 8 $ per million
  })
})
