// Every function that reads a provider's answer, as work on one text in it; test/dialects/linearity.test.ts runs each.
import { toMessage } from '../../src/dialects/anthropic/inbound-reply.ts'
import { createMessageWriter } from '../../src/dialects/anthropic/inbound-stream.ts'
import { createEventTranslator } from '../../src/dialects/anthropic/outbound-stream.ts'
import { assembleCompletion } from '../../src/dialects/chat/assemble-completion.ts'
import { completionsDialect } from '../../src/dialects/completions/completions.ts'
import { translateEvents } from '../../src/dialects/event-stream.ts'
import { createResponsesDialect } from '../../src/dialects/responses/reply.ts'
import { createToolNames } from '../../src/dialects/responses/tool-names.ts'
import { createFrameSplitter, readData, replaceData } from '../../src/dialects/sse.ts'
import { readCacheControl } from '../../src/upstream/cache/cache-control.ts'
import { statusError } from '../../src/upstream/failure/provider-error.ts'
import { readRateLimit } from '../../src/upstream/failure/rate-limit-headers.ts'
import { redact } from '../../src/upstream/failure/redact.ts'
import { retryAfterMs } from '../../src/upstream/failure/retry-after.ts'
import { createGeminiStream } from '../../src/upstream/gemini/stream.ts'
import { readFailure } from '../../src/upstream/resilience/failure.ts'
import { createChatStream } from '../../src/upstream/stream/chat-stream.ts'
import type { Work } from './linear.ts'

const utf8 = new TextEncoder()
const NAMES = { provider: 'fake', model: 'm', requestId: 'r', created: 1 }
const STREAM = {
  isUsageAsked: true,
  choices: 1,
  price: { input: 1, output: 1 },
  onInvalidEvent: () => undefined,
  names: { id: 'chatcmpl-1', model: 'm' },
}
const frame = (data: string): Uint8Array => utf8.encode(`data: ${data}\n\n`)
/** A header is at most this long. */
const header = (text: string) => ({ get: () => text.slice(0, 16_384) })
const pieces = (text: string, chars = 512): string[] =>
  text.match(new RegExp(`[\\s\\S]{1,${chars}}`, 'g')) ?? []
const chunk = (delta: unknown): Record<string, unknown> => ({
  id: 'c',
  choices: [{ index: 0, delta, finish_reason: null, logprobs: { content: [{ token: 'a' }] } }],
})
/** As a stream: text, and a new tool call with each piece. */
const chunksOf = (text: string, chars?: number): Record<string, unknown>[] =>
  pieces(text, chars).map((piece, at) =>
    chunk({
      content: piece,
      tool_calls: [
        { index: at % 2 ? 0 : at, id: `c${at}`, function: { name: 'f', arguments: piece } },
      ],
    }),
  )

const statusOf = (text: string) =>
  statusError({
    provider: 'fake',
    keys: ['secret-key'],
    status: 400,
    headers: header(text),
    payload: { error: { message: text, code: text, details: { a: text } } },
    nowMs: 0,
  })

const chatStream = (text: string, chars?: number): Uint8Array => {
  const chat = createChatStream(STREAM)
  for (const one of chunksOf(text, chars)) chat.push(frame(JSON.stringify(one)))
  chat.push(utf8.encode(text))
  chat.end()
  return chat.take()
}

/** Bytes, events and errors of a provider. */
export const ANSWER_READERS: Record<string, Work> = {
  'bytes of a stream': (text) => createFrameSplitter().push(utf8.encode(text)),
  'bytes of a stream in pieces': (text) => {
    const splitter = createFrameSplitter()
    for (const piece of pieces(text)) splitter.push(utf8.encode(piece))
    return splitter.rest()
  },
  'data of an event': (text) => readData(utf8.encode(text)),
  'other data of an event': (text) => replaceData(utf8.encode(text), '{}'),
  'a chat stream': (text) => chatStream(text),
  "Anthropic's stream": (text) => {
    const translator = createEventTranslator(0)
    const delta = { type: 'text_delta', text }
    return translator.event(frame(JSON.stringify({ type: 'content_block_delta', delta })))
  },
  "Gemini's stream": (text) => {
    const chat = createGeminiStream(STREAM, NAMES)
    chat.push(frame(JSON.stringify({ candidates: [{ content: { parts: [{ text }] } }] })))
    chat.end()
    return chat.take()
  },
  'a kept stream': (text) => assembleCompletion(chunksOf(text)),
  'an error': statusOf,
  'a failure': (text) => readFailure(statusOf(text)),
  'secrets in an error': (text) => redact(text, ['secret-key']),
  'a rate limit': (text) => readRateLimit(header(text), 0),
  'a time to wait': (text) => retryAfterMs(header(text), 0),
  'a cache header': (text) => readCacheControl(text.slice(0, 16_384)),
}

const responsesDialect = () => {
  let id = 0
  return createResponsesDialect({
    id: 'resp_1',
    createdAt: 0,
    now: () => 0,
    request: { model: 'auto' },
    isStored: false,
    names: createToolNames(),
    newId: () => String(id++),
    onResponse: () => undefined,
  })
}

const completion = (text: string): Record<string, unknown> => ({
  choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
})

const streamed = async (
  text: string,
  translate: (source: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>,
  chars?: number,
): Promise<unknown> => {
  const events = chunksOf(text, chars).map((one) => frame(JSON.stringify(one)))
  const raw = utf8.encode(text.replaceAll('data:', 'none:'))
  const source = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const bytes of [...events, raw, frame('[DONE]')]) controller.enqueue(bytes)
      controller.close()
    },
  })
  return new Response(translate(source)).arrayBuffer().catch((error: unknown) => error)
}

/** Answers told in another dialect. */
export const REPLY_READERS: Record<string, Work> = {
  'as a message': (text) => toMessage(completion(text), true),
  'as a response': (text) => responsesDialect().json(completion(text)),
  'as a completion': (text) => completionsDialect.json(completion(text)),
  'as a stream of messages': (text) =>
    streamed(text, (source) => translateEvents(source, createMessageWriter(true))),
  'as a stream of responses': (text) => streamed(text, responsesDialect().stream),
  'as a stream of completions': (text) => streamed(text, completionsDialect.stream),
}

const TINY = 16

/** Answers in very many pieces, each with a call of its own: what grows with their number, not with what they say. */
export const PIECE_READERS: Record<string, Work> = {
  'a chat stream': (text) => chatStream(text, TINY),
  'a kept stream': (text) => assembleCompletion(chunksOf(text, TINY)),
  'a stream of messages': (text) =>
    streamed(text, (source) => translateEvents(source, createMessageWriter(true)), TINY),
  'a stream of responses': (text) => streamed(text, responsesDialect().stream, TINY),
  'a stream of completions': (text) => streamed(text, completionsDialect.stream, TINY),
}
