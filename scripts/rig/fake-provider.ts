// An OpenAI-compatible provider on loopback that fails on request: the request's `model` names the fault. It logs every
// attempt and resolves `closed` when the peer has closed the connection before the answer was complete.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

export interface ProviderAttempt {
  path: string
  headers: IncomingMessage['headers']
  body: Record<string, unknown>
  /** Resolves when the connection is gone; `isAborted` tells whether the answer was complete by then. */
  closed: Promise<{ isAborted: boolean }>
  /** Body bytes that the provider has handed to its socket. */
  bytesWritten: number
  /** Milliseconds on the monotonic clock: when it came in. */
  atMs: number
  /** The same, when its peer (or the provider itself) closed the exchange; null while it is open. */
  closedAtMs: number | null
}

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  body: Record<string, unknown>
  attempt: ProviderAttempt
  /** Number of this attempt at the model, from 1. */
  nth: number
}

export type Fault = (exchange: Exchange) => void | Promise<void>

export interface FakeProvider {
  /** Ends in /v1. */
  baseUrl: string
  attempts: ProviderAttempt[]
  /** Resolves with the next attempt that comes in. */
  nextAttempt(): Promise<ProviderAttempt>
  close(): Promise<void>
}

/** One chunk of a chat stream, as an OpenAI server writes it. */
export const chunkEvent = (
  delta: Record<string, unknown>,
  rest: Record<string, unknown> = {},
): string => {
  const choices = [{ index: 0, delta, finish_reason: null, ...rest }]
  return dataEvent({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'up', choices })
}
export const dataEvent = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
export const ROLE = chunkEvent({ role: 'assistant', content: '' })
export const STOP = chunkEvent({}, { finish_reason: 'stop' })
export const DONE = 'data: [DONE]\n\n'
export const USAGE_VALUES = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
export const USAGE = dataEvent({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'up',
  choices: [],
  usage: USAGE_VALUES,
})
export const WORDS = ['Grüße', ' aus', ' 東京 🚄', '!'].map((content) => chunkEvent({ content }))

export const COMPLETION = {
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'up',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  usage: USAGE_VALUES,
}

export const json = (
  { response }: Exchange,
  status: number,
  value: unknown,
  headers = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}

/** Opens an event stream and writes these events; ends it only where the last is `end`. */
export const stream = ({ response }: Exchange, ...events: string[]): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  response.flushHeaders()
  for (const event of events) event === 'end' ? response.end() : response.write(event)
}

export const errorBody = (message: string, rest = {}) => ({
  error: { message, type: 'server_error', param: null, code: null, ...rest },
})

const MB = 1024 * 1024

export const FAULTS: Record<string, Fault> = {
  ok: (x) =>
    x.body.stream === true
      ? stream(x, ROLE, ...WORDS, STOP, USAGE, DONE, 'end')
      : json(x, 200, COMPLETION),
  'no-usage': (x) =>
    x.body.stream === true
      ? stream(x, ROLE, ...WORDS, STOP, DONE, 'end')
      : json(x, 200, { ...COMPLETION, usage: undefined }),
  'no-done': (x) => stream(x, ROLE, ...WORDS, STOP, USAGE, 'end'),
  'no-done-cut': (x) => {
    stream(x, ROLE, ...WORDS)
    x.response.write(STOP, () => x.response.destroy())
  },
  'no-finish': (x) => stream(x, ROLE, ...WORDS, 'end'),
  cut: (x) => {
    stream(x, ROLE, ...WORDS.slice(0, 2))
    x.response.write(`${WORDS[2]}data: {"half`, () => x.response.destroy())
  },
  'cut-before-content': (x) => {
    stream(x)
    x.response.write(ROLE, () => x.response.destroy())
  },
  'cut-json': (x) => {
    x.response.writeHead(200, { 'content-type': 'application/json', 'content-length': 5_000 })
    x.response.write('{"choices":[', () => x.response.destroy())
  },
  stall: (x) => stream(x, ROLE, ...WORDS.slice(0, 2)),
  'stall-after-stop': (x) => stream(x, ROLE, ...WORDS, STOP),
  'role-only': (x) => stream(x, ROLE),
  silent: () => undefined,
  'stall-json': (x) => {
    x.response.writeHead(200, { 'content-type': 'application/json' })
    x.response.write('{"choices":[')
  },
  'invalid-event': (x) =>
    stream(x, ROLE, 'data: {"broken\n\n', ...WORDS, 'data: 12\n\n', STOP, USAGE, DONE, 'end'),
  'error-first': (x) =>
    stream(
      x,
      dataEvent({ error: { message: 'overloaded', type: 'server_error', code: 503 } }),
      'end',
    ),
  'error-first-final': (x) =>
    stream(x, dataEvent({ error: { message: 'bad tools', code: 400 } }), 'end'),
  'error-mid': (x) =>
    stream(x, ROLE, ...WORDS, dataEvent(errorBody('gone, sk-abcdef123456')), DONE, 'end'),
  'json-error': (x) => json(x, 200, errorBody('the model is loading')),
  html: (x) => {
    x.response.writeHead(200, { 'content-type': 'text/html' })
    x.response.end('<html><body>Gateway login</body></html>')
  },
  'html-as-stream': (x) => stream(x, '<html>\n\n<body>Gateway login</body></html>', 'end'),
  empty: (x) => {
    x.response.writeHead(200)
    x.response.end()
  },
  'empty-stream': (x) => stream(x, 'end'),
  'done-only': (x) => stream(x, ROLE, DONE, 'end'),
  'no-choices': (x) => json(x, 200, { id: 'c1' }),
  'rate-limited': (x) =>
    json(x, 429, errorBody('slow down', { code: 'rate_limit_exceeded' }), { 'retry-after': '2' }),
  'echoes-key': (x) => {
    const key = String(x.request.headers.authorization)
    json(x, 401, errorBody(`Bad header ${key}, see https://provider.test/?key=${key.slice(7)}`))
  },
  huge: async (x) => {
    x.response.writeHead(200, { 'content-type': 'application/json' })
    const block = Buffer.alloc(MB, 0x20)
    for (let i = 0; i < 100 && !x.response.destroyed; i += 1) await write(x, block)
    x.response.end('{}')
  },
  'gzip-bomb': (x) => {
    x.response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    x.response.end(gzipSync(Buffer.alloc(100 * MB, 0x20)))
  },
}

/** Writes and waits for the socket to take it, or to be gone. */
export const write = async ({ response, attempt }: Exchange, bytes: Buffer): Promise<void> => {
  attempt.bytesWritten += bytes.length
  if (response.write(bytes)) return new Promise((resolve) => setImmediate(resolve))
  await Promise.race([once(response, 'drain'), attempt.closed])
}

const readJson = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>
}

/** Starts the provider. `status-NNN` answers with that status; `faults` adds to or replaces those above. */
export const startFakeProvider = async (
  faults: Record<string, Fault> = {},
): Promise<FakeProvider> => {
  const attempts: ProviderAttempt[] = []
  let waiting: ((attempt: ProviderAttempt) => void)[] = []
  const server = createServer(async (request, response) => {
    const body = await readJson(request)
    const closed = once(response, 'close').then(() => {
      attempt.closedAtMs = performance.now()
      return { isAborted: !response.writableFinished }
    })
    const { url: path = '', headers } = request
    const log = { bytesWritten: 0, atMs: performance.now(), closedAtMs: null }
    const attempt: ProviderAttempt = { path, headers, body, closed, ...log }
    attempts.push(attempt)
    for (const resolve of waiting) resolve(attempt)
    waiting = []
    const name = String(body.model)
    const nth = attempts.filter((one) => one.body.model === name).length
    const exchange = { request, response, body, attempt, nth }
    const fault = faults[name] ?? FAULTS[name]
    const status = Number(/^status-(\d{3})$/.exec(name)?.[1])
    if (fault) await fault(exchange)
    else json(exchange, status || 404, errorBody(`no such model: ${name}`, { param: 'model' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    attempts,
    nextAttempt: () => new Promise((resolve) => waiting.push(resolve)),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
