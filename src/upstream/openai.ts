// The upstream for any OpenAI-compatible API: one POST to /chat/completions, its answer checked, priced and handed on.
// One attempt per call: a RouterError says all that a retry or a fallback needs to decide.

import type { Logger } from '../core/logger.ts'
import type { RouterError } from '../errors.ts'
import { messageText, parseObject } from './chat-chunk.ts'
import { createChatStream } from './chat-stream.ts'
import { type LiveCall, startCall, type Timeouts } from './live-call.ts'
import {
  interrupted,
  invalidAnswer,
  isErrorPayload,
  isObject,
  networkError,
  payloadError,
  statusError,
} from './provider-error.ts'
import { readBody } from './read-body.ts'
import { relayStream } from './relay.ts'
import type { ChatBody, Upstream, UpstreamReply, UpstreamRequest } from './upstream.ts'
import { createTextSample, estimateUsage, readUsage, withCost } from './usage.ts'

const MAX_JSON_BYTES = 32 * 1024 * 1024
const MAX_ERROR_BYTES = 64 * 1024

export interface OpenAiUpstreamOptions {
  /** The provider's name in the configuration. */
  provider: string
  /** Without a trailing slash; `/chat/completions` is appended. */
  baseUrl: string
  /** Null sends no authorization header (local servers). Must be fit for a header: see registry.ts. */
  apiKey: string | null
  timeouts: Timeouts
  fetch?: typeof globalThis.fetch
  logger: Logger
  /** Milliseconds since the epoch, for Retry-After dates. */
  now?: () => number
}

type Context = Required<OpenAiUpstreamOptions>

/** Upstream of one OpenAI-compatible provider. Errors as in the Upstream interface. */
export const createOpenAiUpstream = (options: OpenAiUpstreamOptions): Upstream => {
  const context: Context = { fetch: globalThis.fetch, now: Date.now, ...options }
  return {
    kind: 'openai',
    chat: async (request) => {
      const call = startCall(request.signal, options.timeouts)
      try {
        return await answer(context, request, call)
      } catch (error) {
        call.release()
        throw call.failure ?? error
      }
    },
  }
}

const answer = async (
  context: Context,
  request: UpstreamRequest,
  call: LiveCall,
): Promise<UpstreamReply> => {
  if (call.failure !== null) throw call.failure
  const isStream = request.body.stream === true
  // A whole answer's headers come with its last token, so only streams have a first-token deadline.
  if (isStream) call.startTimer('first_token')
  const response = await send(context, request, call)
  if (!response.ok) throw await refusal(context, response, call)
  const type = response.headers.get('content-type') ?? ''
  if (/^text\/html\b/i.test(type)) throw await discard(response, notACompletion(context, type))
  if (!isStream) return readJson(context, request, { response, call })
  if (/\bjson\b/i.test(type)) throw await jsonInsteadOfStream(context, response, call)
  return readStream(context, request, { response, call })
}

const send = async (
  context: Context,
  request: UpstreamRequest,
  call: LiveCall,
): Promise<Response> => {
  try {
    return await context.fetch(`${context.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: request.body.stream === true ? 'text/event-stream' : 'application/json',
        'user-agent': 'signalbox',
        ...(context.apiKey === null ? {} : { authorization: `Bearer ${context.apiKey}` }),
      },
      body: JSON.stringify(upstreamBody(request)),
      redirect: 'manual', // following would carry prompt and key to wherever the provider points
      signal: call.signal,
    })
  } catch (error) {
    throw call.failure ?? networkError(context.provider, error)
  }
}

// Ours (`models`), or such as make proxies like LiteLLM send the call elsewhere or with another key.
const STRIPPED_FIELDS = [
  'models',
  'api_key',
  'api_base',
  'base_url',
  'api_version',
  'custom_llm_provider',
  'extra_headers',
]

const upstreamBody = ({ body, target }: UpstreamRequest): ChatBody => {
  const sent: ChatBody = { ...body, model: target.upstreamName }
  for (const field of STRIPPED_FIELDS) delete sent[field]
  if (body.stream !== true) return sent
  const given = isObject(body.stream_options) ? body.stream_options : {}
  return { ...sent, stream_options: { ...given, include_usage: true } }
}

const refusal = async (
  context: Context,
  response: Response,
  call: LiveCall,
): Promise<RouterError> => {
  const { provider, apiKey } = context
  const { status, headers } = response
  if (status < 400) {
    const isRedirect = status >= 300
    const problem = `answered with status ${status}${isRedirect ? '; redirects are not followed' : ''}`
    return discard(response, invalidAnswer(provider, problem, { status, isRetryable: !isRedirect }))
  }
  const text = await read(context, { response, call, maxBytes: MAX_ERROR_BYTES }).then(
    (body) => body.text,
    () => '', // the status alone says enough
  )
  if (call.failure !== null) return call.failure
  const payload = parseObject(text) ?? (/^\s*</.test(text) ? null : text)
  return statusError({ provider, apiKey, status, headers, payload, nowMs: context.now() })
}

const jsonInsteadOfStream = async (
  context: Context,
  response: Response,
  call: LiveCall,
): Promise<RouterError> => {
  const { text } = await read(context, { response, call, maxBytes: MAX_ERROR_BYTES })
  const payload = parseObject(text)
  return payload !== null && isErrorPayload(payload)
    ? payloadError(context, payload)
    : notACompletion(context, 'application/json')
}

const notACompletion = ({ provider }: Context, type: string): RouterError =>
  invalidAnswer(provider, `answered with ${type.slice(0, 60)}, which is not what was asked for`)

/** Frees the socket of a response that nobody will read. */
const discard = async (response: Response, error: RouterError): Promise<RouterError> => {
  await response.body?.cancel()
  return error
}

interface Exchange {
  response: Response
  call: LiveCall
}

const read = async (context: Context, exchange: Exchange & { maxBytes: number }) => {
  const { response, call, maxBytes } = exchange
  try {
    return await readBody(response.body, maxBytes, call)
  } catch (error) {
    throw call.failure ?? interrupted(context.provider, error)
  }
}

const readJson = async (
  context: Context,
  request: UpstreamRequest,
  { response, call }: Exchange,
): Promise<UpstreamReply> => {
  const { provider } = context
  const { text, isCut } = await read(context, { response, call, maxBytes: MAX_JSON_BYTES })
  call.release()
  if (isCut) {
    const problem = `answered with more than ${MAX_JSON_BYTES} bytes`
    throw invalidAnswer(provider, problem, { isRetryable: false })
  }
  const body = parseObject(text)
  if (body === null) throw invalidAnswer(provider, 'answered with a body that is no JSON object')
  if (isErrorPayload(body)) throw payloadError(context, body)
  if (!Array.isArray(body.choices)) throw invalidAnswer(provider, 'answered without choices')
  const usage = readUsage(body.usage) ?? (await estimate(request, body.choices))
  return {
    kind: 'json',
    status: response.status,
    body: withCost(body, request.target.price),
    usage,
  }
}

const estimate = (request: UpstreamRequest, choices: unknown[]) => {
  const sample = createTextSample()
  for (const choice of choices) {
    if (isObject(choice) && isObject(choice.message)) sample.add(messageText(choice.message))
  }
  return estimateUsage(request.body.messages, sample)
}

const readStream = async (
  context: Context,
  request: UpstreamRequest,
  { response, call }: Exchange,
): Promise<UpstreamReply> => {
  const { provider, logger } = context
  const { body, target, requestId } = request
  if (response.body === null) throw invalidAnswer(provider, 'answered without a body')
  const logFields = { requestId, provider, model: target.model }
  let invalidEvents = 0
  const chat = createChatStream({
    isUsageAsked: isObject(body.stream_options) && body.stream_options.include_usage === true,
    choices: typeof body.n === 'number' ? body.n : 1,
    price: target.price,
    onInvalidEvent: () => {
      invalidEvents += 1
      if (invalidEvents === 1) logger.warn(logFields, 'skipped a stream event that is not JSON')
    },
  })
  const { stream, end } = await relayStream({
    body: response.body,
    call,
    chat,
    identity: context,
    messages: body.messages,
    logger,
    logFields,
  })
  return { kind: 'stream', status: response.status, stream, end }
}
