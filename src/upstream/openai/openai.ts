// The upstream for any OpenAI-compatible API: chat completions in and out, almost unchanged. Where the server has the Responses API,
// calls of that API are passed on to it. Differences between servers are in presets.ts.

import { type PresetName, presetNameOf } from '../../config/preset-hosts.ts'
import type { NativeBody, UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { RouterError } from '../../errors.ts'
import { openAiParameters } from '../parameters/targets.ts'
import { presetOf } from '../presets/presets.ts'
import { createHttpUpstream, type HttpUpstreamOptions } from '../provider/http-provider.ts'
import type { Wire, WireCall } from '../provider/wire.ts'
import { createChatStream } from '../stream/chat-stream.ts'
import type { Upstream } from '../upstream.ts'
import { nativeBody, readNativeReply, responseTextOf } from './native.ts'
import { createNativeStream } from './native-stream.ts'
import { createChatPath } from './path.ts'
import { readChatCompletion } from './reply.ts'
import { toOpenAiCall } from './request.ts'

export interface OpenAiUpstreamOptions extends HttpUpstreamOptions {
  /** Absent: detected by the host of the base URL. */
  preset?: PresetName | undefined
  /** For Azure. */
  apiVersion?: string | undefined
}

/** Upstream of one OpenAI-compatible provider. Errors as in the Upstream interface. */
export const createOpenAiUpstream = (options: OpenAiUpstreamOptions): Upstream => {
  const { takesResponses } = presetOf(options.preset, options.baseUrl)
  const chat = createHttpUpstream(createWire(options), options)
  if (!takesResponses) return chat
  const responses = createHttpUpstream(createResponsesWire(options), options)
  return whereItHasResponses(chat, responses)
}

const authHeadersOf = ({ preset, baseUrl }: OpenAiUpstreamOptions): Wire['authHeaders'] => {
  const { keyHeader } = presetOf(preset, baseUrl)
  return (key) =>
    keyHeader === 'api-key' ? { 'api-key': key } : { authorization: `Bearer ${key}` }
}

const createWire = (options: OpenAiUpstreamOptions): Wire => {
  const { provider, baseUrl, apiVersion } = options
  const preset = presetOf(options.preset, baseUrl)
  const pathOf = createChatPath({ provider, preset, baseUrl, ...(apiVersion && { apiVersion }) })
  return {
    kind: 'openai',
    authHeaders: authHeadersOf(options),
    embeddingsPath: (name) => pathOf(name).replace('/chat/completions', '/embeddings'),
    pathBeside: (path, name) => pathOf(name).replace('/chat/completions', path),
    parameters: openAiParameters(presetNameOf(options.preset, baseUrl)),
    toCall: (request) => ({
      path: pathOf(request.target.upstreamName),
      readReply: (body) => readChatCompletion(provider, body),
      createStream: createChatStream,
      ...toOpenAiCall(request, preset),
    }),
  }
}

const createResponsesWire = (options: OpenAiUpstreamOptions): Wire => ({
  kind: 'openai',
  native: 'responses',
  authHeaders: authHeadersOf(options),
  toCall: ({ native, target }): WireCall => ({
    path: '/responses',
    headers: native?.headers ?? {},
    body: nativeBody(native as NativeBody, target),
    dialect: 'responses',
    readReply: (body) => readNativeReply(options.provider, body, target.price),
    answerText: responseTextOf,
    createStream: createNativeStream,
  }),
})

const isOfResponses = ({ native }: Pick<UpstreamRequest, 'native'>): boolean =>
  native?.dialect === 'responses'

/** Whether a 404 means a missing endpoint rather than an unknown model. */
const isMissing = (error: unknown): boolean => {
  if (!(error instanceof RouterError) || error.code !== 'upstream_error') return false
  const { status, providerMessage } = error.details
  return [404, 405, 501].includes(Number(status)) && !/model/i.test(String(providerMessage ?? ''))
}

/** Falls back to translated chat requests once a server turns out to lack the Responses API. */
const whereItHasResponses = (chat: Upstream, responses: Upstream): Upstream => {
  let hasResponses = true
  const isHandedOn = (request: Pick<UpstreamRequest, 'native'>): boolean =>
    hasResponses && isOfResponses(request)
  return {
    ...chat,
    native: 'responses',
    losses: (request) => (isHandedOn(request) ? responses : chat).losses?.(request) ?? NO_LOSSES,
    chat: async (request) => {
      if (!isHandedOn(request)) return chat.chat(request)
      try {
        return await responses.chat(request)
      } catch (error) {
        if (!isMissing(error)) throw error
        hasResponses = false
        return chat.chat(request)
      }
    },
  }
}

const NO_LOSSES = { lost: [], refused: [] }
