// The upstream for Anthropic's Messages API. A caller who speaks that dialect gets it untouched, both ways; any other
// request is translated from OpenAI chat and its answer back.

import { usesJsonTool } from '../../dialects/anthropic/json-mode.ts'
import { toChatCompletion } from '../../dialects/anthropic/outbound-reply.ts'
import { droppedSampling, toMessagesBody } from '../../dialects/anthropic/outbound-request.ts'
import { createEventTranslator } from '../../dialects/anthropic/outbound-stream.ts'
import { withoutAllowedTools } from '../../dialects/chat/allowed-tools.ts'
import { ANTHROPIC_NAMES, fitToolNames } from '../../dialects/chat/tool-names.ts'
import type { UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { ANTHROPIC_PARAMETERS } from '../parameters/targets.ts'
import { createHttpUpstream, type HttpUpstreamOptions } from '../provider/http-provider.ts'
import type { Wire } from '../provider/wire.ts'
import { createTranslatedStream } from '../stream/translated-stream.ts'
import type { Upstream } from '../upstream.ts'
import { messageTextOf, nativeBody, nativeHeaders, readNativeReply } from './native.ts'
import { createNativeStream } from './native-stream.ts'

const authHeaders = (key: string): Record<string, string> => ({ 'x-api-key': key })

const createWire = (provider: string, now: () => number): Wire => ({
  kind: 'anthropic',
  native: 'anthropic',
  authHeaders,
  parameters: ANTHROPIC_PARAMETERS,
  toCall: (request) => {
    const { native, target } = request
    const call = { path: '/messages', headers: nativeHeaders(native) }
    if (native?.dialect === 'anthropic') {
      return {
        ...call,
        body: nativeBody(native, target),
        dialect: 'anthropic',
        readReply: (body) => readNativeReply(provider, body, target.price),
        answerText: messageTextOf,
        createStream: createNativeStream,
      }
    }
    const asked = withoutAllowedTools(request.body)
    const { body, toolNames } = fitToolNames(asked, ANTHROPIC_NAMES)
    const sent = toMessagesBody({ ...request, body })
    return {
      ...call,
      body: sent,
      toolNames,
      isJsonTool: usesJsonTool(sent),
      dropped: droppedSampling(body, sent),
      readReply: (body) => toChatCompletion(provider, body, now()),
      createStream: (options) => createTranslatedStream(options, createEventTranslator(now())),
    }
  },
})

// What count_tokens takes of a messages request; it refuses the rest by name.
const COUNTED = [
  'cache_control',
  'context_management',
  'mcp_servers',
  'messages',
  'model',
  'output_config',
  'system',
  'thinking',
  'tool_choice',
  'tools',
]

const countedBody = (request: UpstreamRequest): Record<string, unknown> => {
  const { native, target } = request
  if (native?.dialect === 'anthropic') return nativeBody(native, target)
  const body = toMessagesBody(request)
  return Object.fromEntries(Object.entries(body).filter(([name]) => COUNTED.includes(name)))
}

const createCountWire = (provider: string): Wire => ({
  kind: 'anthropic',
  native: 'anthropic',
  authHeaders,
  toCall: (request) => ({
    path: '/messages/count_tokens',
    headers: nativeHeaders(request.native),
    body: countedBody(request),
    dialect: 'anthropic',
    readReply: (body) => {
      if (typeof body.input_tokens !== 'number') {
        throw invalidAnswer(provider, 'counted tokens without input_tokens')
      }
      return { body, usage: null }
    },
    createStream: createNativeStream,
  }),
})

/** Upstream of one provider that speaks Anthropic's Messages API. Errors as in the Upstream interface. */
export const createAnthropicUpstream = (options: HttpUpstreamOptions): Upstream => {
  const { provider, now = Date.now } = options
  const messages = createHttpUpstream(createWire(provider, now), options)
  const counter = createHttpUpstream(createCountWire(provider), options)
  return {
    ...messages,
    countTokens: async (request) => {
      const body = { ...request.body, stream: false }
      const reply = await counter.chat({ ...request, body })
      if (reply.kind !== 'json') throw new Error('A count came as a stream.')
      return Number(reply.body.input_tokens)
    },
  }
}
