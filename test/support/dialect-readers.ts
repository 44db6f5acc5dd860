// Every function that translates a request, as work on one text of the caller's; dialects/linearity.test.ts and linearity.test.ts run each.

import { fromAnthropic } from '../../src/dialects/anthropic/inbound-request.ts'
import { toMessagesBody } from '../../src/dialects/anthropic/outbound-request.ts'
import { chatRequestSchema } from '../../src/dialects/chat/chat-schema.ts'
import type { UpstreamRequest } from '../../src/dialects/chat/upstream-request.ts'
import { completionToChat } from '../../src/dialects/completions/completions.ts'
import { toGeminiBody } from '../../src/dialects/gemini/request.ts'
import { toChatRequest } from '../../src/dialects/responses/request.ts'
import { responsesRequestSchema } from '../../src/dialects/responses/schema.ts'
import { textsOf } from '../../src/http/endpoints/embeddings-json.ts'
import { routeRequestSchema } from '../../src/http/endpoints/route.ts'
import { validate } from '../../src/http/request/validate.ts'
import { exactKey } from '../../src/upstream/cache/cache-key.ts'
import { echoAnswer } from '../../src/upstream/echo/echo-answer.ts'
import { minimalValue } from '../../src/upstream/echo/minimal-value.ts'
import { promptTokensOf } from '../../src/upstream/resilience/prompt-tokens.ts'
import { createTextSample, estimateUsage } from '../../src/upstream/stream/usage.ts'
import type { Work } from './linear.ts'
import { orRefused } from './text-readers.ts'

const target = {
  provider: 'fake',
  model: 'small',
  upstreamName: 'm',
  price: { input: 1, output: 2 },
}
const { signal } = new AbortController()

const requestOf = (content: unknown, body: Record<string, unknown> = {}): UpstreamRequest => ({
  target,
  body: { model: 'auto', messages: [{ role: 'user', content }], ...body },
  route: 'code',
  requestId: 'req-1',
  signal,
})

const calling = (text: string): UpstreamRequest =>
  requestOf('x', {
    messages: [
      { role: 'user', content: 'x' },
      {
        role: 'assistant',
        content: text,
        tool_calls: [
          { id: 'c', type: 'function', function: { name: 'f', arguments: `"${text}"` } },
        ],
      },
      { role: 'tool', tool_call_id: 'c', content: text },
    ],
  })

const image = (url: string): UpstreamRequest =>
  requestOf([{ type: 'image_url', image_url: { url } }])

const schema = (text: string): UpstreamRequest =>
  requestOf('x', {
    response_format: {
      type: 'json_schema',
      json_schema: { schema: { const: text.slice(0, 19_000) } },
    },
  })

const responses = (body: Record<string, unknown>): unknown =>
  toChatRequest(body, validate(responsesRequestSchema, body), () => undefined)

const anthropic = (content: unknown): unknown =>
  fromAnthropic({ model: 'auto', messages: [{ role: 'user', content }], system: content })

/** What a caller sends, in every dialect. */
export const REQUEST_READERS: Record<string, Work> = {
  'chat schema': (text) =>
    validate(chatRequestSchema, { model: 'a', messages: [{ role: 'user', content: text }] }),
  'an unknown field': orRefused((text) => validate(routeRequestSchema, { [text]: 1 })),
  completions: (text) => completionToChat({ model: 'a', prompt: text }),
  embeddings: orRefused((text) => textsOf([text])),
  messages: (text) => anthropic([{ type: 'text', text }]),
  'tool results of messages': (text) =>
    anthropic([{ type: 'tool_result', tool_use_id: text, content: [{ type: text, text }] }]),
  responses: (text) => responses({ model: 'a', input: text }),
  'items of responses': (text) =>
    responses({
      model: 'a',
      input: [
        { type: 'function_call', call_id: 'c', name: 'f', arguments: text },
        { type: 'function_call_output', call_id: 'c', output: text },
      ],
    }),
}

/** The same on its way to a provider. */
export const PROVIDER_REQUESTS: Record<string, Work> = {
  'for Anthropic': (text) => toMessagesBody(requestOf(text)),
  'calls for Anthropic': orRefused((text) => toMessagesBody(calling(text))),
  'images for Anthropic': orRefused((text) => toMessagesBody(image(`data:${text}`))),
  'for Gemini': (text) => toGeminiBody(requestOf(text)),
  'calls for Gemini': orRefused((text) => toGeminiBody(calling(text))),
  'images for Gemini': orRefused((text) => toGeminiBody(image(`data:a/${text}`))),
  'by the demo provider': (text) => echoAnswer(requestOf(text)),
  'parts by the demo provider': (text) => {
    const half = text.slice(0, text.length / 2)
    return echoAnswer(requestOf([half, half].map((part) => ({ type: 'text', text: part }))))
  },
  'JSON by the demo provider': (text) => echoAnswer(schema(text)),
  'schemas by the demo provider': (text) =>
    minimalValue({ allOf: [{ $ref: `#/${text}` }, { enum: [text] }, { description: text }] }),
  'prompt tokens': (text) => promptTokensOf(requestOf(text).body)(),
  'key of the cache': (text) =>
    exactKey(
      { body: requestOf(text).body, decision: { route: 'a', model: 'b' } as never },
      'openai',
    ),
}

/** What a tokenizer is asked for; it takes milliseconds for a thousand letters, and so is given a sample only. */
export const SAMPLED_READERS: Record<string, Work> = {
  'usage of a prompt': (text) =>
    estimateUsage({ messages: requestOf(text).body.messages }, createTextSample()),
}
