// The same care as a chat: the key, no redirects, the provider's errors as what they are.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { EmbedRequest } from '../../../src/upstream/upstream.ts'
import { API_KEY, upstreamFor } from '../harness.ts'

type Answer = (response: ServerResponse) => void

const json =
  (status: number, value: unknown, headers = {}): Answer =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(value))

const ANSWERS: Record<string, Answer> = {
  ok: json(200, {
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: [1, 0] }],
    model: 'ok',
    usage: { prompt_tokens: 1_000_000, total_tokens: 1_000_000 },
  }),
  full: json(429, { error: { message: 'Slow down.' } }, { 'retry-after': '7' }),
  refused: json(401, { error: { message: `Incorrect API key: ${API_KEY}` } }),
  moved: json(307, {}, { location: 'http://127.0.0.1:9/v1/embeddings' }),
  'error-200': json(200, { error: { message: 'No such model.' } }),
  'no-data': json(200, { object: 'list' }),
  deep: (response) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(`{"data":${'['.repeat(200_000)}${']'.repeat(200_000)}}`),
  html: (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hello</html>'),
  silent: () => {},
}

const asked: { url: string | undefined; headers: IncomingMessage['headers']; body: unknown }[] = []
const server = createServer(async (request, response) => {
  let text = ''
  for await (const part of request) text += part
  const body = JSON.parse(text)
  asked.push({ url: request.url, headers: request.headers, body })
  ANSWERS[body.model]?.(response)
})
let baseUrl = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})
beforeEach(() => {
  asked.length = 0
})

const requestOf = (name: string, changes: Partial<EmbedRequest> = {}): EmbedRequest => ({
  target: {
    provider: 'fake',
    model: 'emb',
    upstreamName: name,
    price: { input: 0.5, output: null },
  },
  body: { model: 'emb', input: 'x', input_type: 'query' },
  requestId: 'r',
  signal: new AbortController().signal,
  ...changes,
})

const embed = async (name: string, changes: Partial<EmbedRequest> = {}) => {
  const { upstream } = upstreamFor(baseUrl)
  if (!upstream.embed) throw new Error('the openai kind has embeddings')
  return upstream.embed(requestOf(name, changes))
}

it('posts the caller’s body with the model’s name there and our key', async () => {
  const reply = await embed('ok')
  expect(reply).toMatchObject({ data: [{ embedding: [1, 0] }], usage: { cost: 0.5 } })
  expect(asked).toMatchObject([
    {
      url: '/v1/embeddings',
      headers: { authorization: `Bearer ${API_KEY}` },
      body: { model: 'ok', input: 'x', input_type: 'query' },
    },
  ])
})

it.each([
  ['full', { code: 'upstream_error', details: { status: 429, retryAfterMs: 7_000 } }],
  ['moved', { code: 'upstream_invalid', details: { status: 307 } }],
  ['error-200', { code: 'upstream_invalid', details: { providerMessage: 'No such model.' } }],
  ['no-data', { code: 'upstream_invalid' }],
  ['html', { code: 'upstream_invalid' }],
  ['deep', { code: 'upstream_invalid', details: { status: 200 } }],
])('fails with what the provider said: %s', async (name, expected) => {
  await expect(embed(name)).rejects.toMatchObject(expected)
  expect(asked).toHaveLength(1)
})

it('tells no key', async () => {
  const error = await embed('refused').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'upstream_error', details: { isKeyRejected: true } })
  expect(String(error) + JSON.stringify(error)).not.toContain(API_KEY)
})

it('ends with the client', async () => {
  const controller = new AbortController()
  const pending = embed('silent', { signal: controller.signal })
  await expect.poll(() => asked.length).toBe(1)
  controller.abort()
  await expect(pending).rejects.toMatchObject({ code: 'client_closed' })
})
