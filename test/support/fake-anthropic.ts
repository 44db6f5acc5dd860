// A provider that speaks Anthropic's Messages API on loopback, written from its documentation and not from our code: what
// it answers goes by the model's name. It refuses what the real one refuses, so that a wrong translation fails here.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Json = Record<string, unknown>

export interface AnthropicAttempt {
  path: string
  headers: IncomingMessage['headers']
  body: Json
  /** Resolves when the connection is gone; tells whether the answer was cut short by then. */
  closed: Promise<{ isAborted: boolean }>
}

export interface FakeAnthropic {
  /** Ends in /v1. */
  baseUrl: string
  attempts: AnthropicAttempt[]
  close(): Promise<void>
}

export const ANTHROPIC_KEY = 'sk-ant-fake-2222222222222222'

export const anthropicEvent = (type: string, fields: Json = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

export const START_USAGE = {
  input_tokens: 10,
  cache_creation_input_tokens: 3,
  cache_read_input_tokens: 7,
  output_tokens: 1,
}

const message = (model: unknown, rest: Json = {}): Json => ({
  id: 'msg_01fake',
  type: 'message',
  role: 'assistant',
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: START_USAGE,
  ...rest,
})

const delta = (index: number, fields: Json): string =>
  anthropicEvent('content_block_delta', { index, delta: fields })

const block = (index: number, content: Json, deltas: Json[]): string[] => [
  anthropicEvent('content_block_start', { index, content_block: content }),
  ...deltas.map((one) => delta(index, one)),
  anthropicEvent('content_block_stop', { index }),
]

export const streamStart = (model: string): string[] => [
  anthropicEvent('message_start', { message: message(model) }),
  anthropicEvent('ping'),
]

export const streamStop = (stopReason = 'end_turn'): string[] => [
  anthropicEvent('message_delta', {
    delta: { stop_reason: stopReason, stop_sequence: null },
    usage: { output_tokens: 5 },
  }),
  anthropicEvent('message_stop'),
]

export const TEXT = 'Grüße aus 東京 🚄!'
export const THOUGHT = 'Let me thïnk.'
export const TOOL_INPUT = { city: 'Lisbon', days: 2 }

export const textBlock = (index: number): string[] =>
  block(
    index,
    { type: 'text', text: '' },
    ['Grüße', ' aus', ' 東京 🚄', '!'].map((text) => ({ type: 'text_delta', text })),
  )

const thinkingBlock = (index: number): string[] =>
  block(index, { type: 'thinking', thinking: '', signature: '' }, [
    { type: 'thinking_delta', thinking: 'Let me ' },
    { type: 'thinking_delta', thinking: 'thïnk.' },
    { type: 'signature_delta', signature: 'c2lnbmVk' },
  ])

const toolBlock = (index: number, name: string): string[] =>
  block(index, { type: 'tool_use', id: `toolu_0${index}`, name, input: {} }, [
    { type: 'input_json_delta', partial_json: '' },
    { type: 'input_json_delta', partial_json: '{"city": "Lis' },
    { type: 'input_json_delta', partial_json: 'bon", "days": 2}' },
  ])

const emptyToolBlock = (index: number): string[] =>
  block(index, { type: 'tool_use', id: `toolu_0${index}`, name: 'now', input: {} }, [])

/** Streams by model name, as lists of events. */
export const STREAMS: Record<string, string[]> = {
  text: [...streamStart('text'), ...textBlock(0), ...streamStop()],
  thinking: [...streamStart('thinking'), ...thinkingBlock(0), ...textBlock(1), ...streamStop()],
  tools: [
    ...streamStart('tools'),
    ...textBlock(0),
    ...toolBlock(1, 'get_weather'),
    ...emptyToolBlock(2),
    ...streamStop('tool_use'),
  ],
  'error-mid': [
    ...streamStart('error-mid'),
    ...textBlock(0),
    anthropicEvent('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
  ],
  'error-first': [
    ...streamStart('error-first'),
    anthropicEvent('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
  ],
  'no-stop': [...streamStart('no-stop'), ...textBlock(0), ...streamStop().slice(0, 1)],
  cut: [...streamStart('cut'), ...textBlock(0).slice(0, 3)],
}

const CONTENT: Record<string, Json[]> = {
  text: [{ type: 'text', text: TEXT }],
  thinking: [
    { type: 'thinking', thinking: THOUGHT, signature: 'c2lnbmVk' },
    { type: 'text', text: TEXT },
  ],
  tools: [
    { type: 'text', text: TEXT },
    { type: 'tool_use', id: 'toolu_01', name: 'get_weather', input: TOOL_INPUT },
    { type: 'tool_use', id: 'toolu_02', name: 'now', input: {} },
  ],
}

const ERROR_TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
}

const answer = (response: ServerResponse, status: number, value: unknown, headers = {}): void => {
  const id = { 'request-id': 'req_011fake' }
  response.writeHead(status, { 'content-type': 'application/json', ...id, ...headers })
  response.end(JSON.stringify(value))
}

const refuse = (
  response: ServerResponse,
  status: number,
  text: string,
  headers = {},
  details?: Json,
): void => {
  const type = ERROR_TYPES[status] ?? 'api_error'
  const error = { type, message: text, ...(details && { details }) }
  answer(response, status, { type: 'error', error, request_id: 'req_011fake' }, headers)
}

const FIELDS = new Set(
  `model messages max_tokens system tools tool_choice stop_sequences temperature top_p top_k stream
   thread metadata thinking output_config service_tier container context_management mcp_servers
   cache_control`.split(/\s+/),
)

const blocksOf = (turn: Json): Json[] =>
  typeof turn.content === 'string'
    ? [{ type: 'text', text: turn.content }]
    : (turn.content as Json[])

/** What the real API says 400 to, of what translations get wrong. */
const problemOf = (body: Json): string | null => {
  const unknown = Object.keys(body).find((key) => !FIELDS.has(key))
  if (unknown) return `${unknown}: Extra inputs are not permitted`
  if (!Number.isInteger(body.max_tokens)) return 'max_tokens: Field required'
  let asked = new Set<unknown>()
  for (const [i, turn] of (body.messages as Json[]).entries()) {
    if (turn.role !== 'user' && turn.role !== 'assistant') return `messages.${i}.role: bad role`
    const blocks = blocksOf(turn)
    if (blocks.length === 0) return `messages.${i}: all messages must have non-empty content`
    const isEmpty = blocks.some(({ type, text }) => type === 'text' && text === '')
    if (isEmpty) return `messages.${i}: text content blocks must be non-empty`
    const results = blocks.filter(({ type }) => type === 'tool_result')
    if (blocks.slice(0, results.length).some(({ type }) => type !== 'tool_result')) {
      return `messages.${i}: tool_result blocks must come first`
    }
    const answered = new Set(results.map(({ tool_use_id: id }) => id))
    if (asked.size !== answered.size || [...asked].some((id) => !answered.has(id))) {
      return `messages.${i}: tool_use ids were found without tool_result blocks immediately after`
    }
    asked = new Set(blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => id))
    if ([...asked].some((id) => !/^[a-zA-Z0-9_-]+$/.test(String(id)))) {
      return `messages.${i}: tool_use.id: String should match pattern`
    }
    const unsigned = blocks.some(({ type, signature }) => type === 'thinking' && !signature)
    if (unsigned) return `messages.${i}: Invalid signature in thinking block`
  }
  return null
}

/** Answers with what the last tool result or the last text said. */
const echoText = (body: Json): string => {
  const last = blocksOf((body.messages as Json[]).at(-1) as Json)
  const result = last.find(({ type }) => type === 'tool_result')
  return result ? `The tool said ${JSON.stringify(result.content)}` : TEXT
}

/** What a request is answered with: by its model's name, a `script:NAME` in its text, or whether it offers tools. */
const scriptOf = (body: Json): string => {
  const model = String(body.model)
  if (model in STREAMS || model.startsWith('status-')) return model
  const named = /script:([a-z0-9-]+)/.exec(JSON.stringify(body.messages))?.[1]
  return named ?? (body.tools ? 'tools' : 'text')
}

const serveMessage = (response: ServerResponse, body: Json) => {
  const model = scriptOf(body)
  const asksAgain = JSON.stringify(body.messages).includes('"tool_result"')
  if (body.stream !== true) {
    const content = asksAgain ? [{ type: 'text', text: echoText(body) }] : CONTENT[model]
    if (!content) return refuse(response, 404, `model: ${model}`)
    const usage = { ...START_USAGE, output_tokens: 5 }
    const isCall = content.some(({ type }) => type === 'tool_use')
    const stop_reason = isCall ? 'tool_use' : 'end_turn'
    return answer(response, 200, message(model, { content, stop_reason, usage }))
  }
  const events = STREAMS[asksAgain ? 'text' : model]
  if (!events) return refuse(response, 404, `model: ${model}`)
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  if (model === 'stall') return
  for (const event of events) response.write(event)
  if (model === 'cut') response.write('event: content_bl', () => response.destroy())
  else response.end()
}

const serve = ({ path, headers, body }: AnthropicAttempt, response: ServerResponse) => {
  if (headers['x-api-key'] !== ANTHROPIC_KEY) return refuse(response, 401, 'invalid x-api-key')
  if (!headers['anthropic-version']) return refuse(response, 400, 'anthropic-version: required')
  const status = Number(/^status-(\d{3})$/.exec(scriptOf(body))?.[1])
  if (status) return refuse(response, status, 'as ordered', { 'retry-after': '2' })
  if (path.startsWith('/v1/messages/count_tokens')) {
    if ('max_tokens' in body)
      return refuse(response, 400, 'max_tokens: Extra inputs are not permitted')
    return answer(response, 200, { input_tokens: 1_234 })
  }
  if ((body.thread as Json | undefined)?.type === 'continue') {
    return refuse(response, 404, 'No such thread.', {}, { error_code: 'thread_not_found' })
  }
  const problem = problemOf(body)
  if (problem) return refuse(response, 400, problem)
  serveMessage(response, body)
}

const readJson = async (request: IncomingMessage): Promise<Json> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return JSON.parse(Buffer.concat(parts).toString()) as Json
}

export const startFakeAnthropic = async (): Promise<FakeAnthropic> => {
  const attempts: AnthropicAttempt[] = []
  const server = createServer(async (request, response) => {
    const body = await readJson(request)
    const closed = once(response, 'close').then(() => ({ isAborted: !response.writableFinished }))
    const { url: path = '', headers } = request
    const attempt: AnthropicAttempt = { path, headers, body, closed }
    attempts.push(attempt)
    serve(attempt, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    attempts,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
