// What every provider behind HTTP shares: one POST of JSON, its answer checked, priced and handed on. A provider kind is a
// `Wire`: how a call is written, how a whole answer is read, how a stream is read. It never touches timers, keys,
// statuses or sockets; those are here and in http-post.ts.
//
// A new kind is a folder with the same files: <kind>.ts (`createXUpstream = (options) => createHttpUpstream(wire,
// options)`), request.ts (chat body → provider body), reply.ts (provider body → chat completion), stream.ts (provider
// events → chat chunks, through translated-stream.ts), and its line in registry.ts.

import type { Logger } from '../../core/logger.ts'
import type { Usage } from '../../core/types.ts'
import type { AnswerNames } from '../../dialects/chat/mend-answer.ts'
import type { DialectName, UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { isObject, parseObject } from '../../dialects/json.ts'
import type { Fetch } from '../egress/fetch-port.ts'
import { NO_OBJECT, payloadError } from '../failure/provider-error.ts'
import { readRateLimit } from '../failure/rate-limit-headers.ts'
import { toldFailure } from '../failure/told-failure.ts'
import { createKeyRing } from '../keys/key-ring.ts'
import { messageText } from '../stream/chat-chunk.ts'
import type { ChatStream, ChatStreamOptions } from '../stream/chat-stream.ts'
import { relayStream } from '../stream/relay.ts'
import { createTextSample, estimateUsage, withCost } from '../stream/usage.ts'
import { type LiveCall, startCall, type Timeouts } from '../timing/live-call.ts'
import type { Upstream, UpstreamReply } from '../upstream.ts'
import { createEmbed } from './embed.ts'
import { type Exchange, type PostContext, post, readText } from './http-post.ts'
import { refuseUntranslatable } from './untranslatable.ts'

const MAX_JSON_BYTES = 32 * 1024 * 1024

/** The same for every kind: registry.ts builds them from the configuration. */
export interface HttpUpstreamOptions {
  /** The provider's name in the configuration. */
  provider: string
  /** Without a trailing slash; the wire's path is appended. */
  baseUrl: string
  /** Tried in turn; none sends no key (local servers). Must be fit for a header: see provider-keys.ts. */
  keys: readonly string[]
  /** Sent with every call; checked by extra-headers.ts. */
  extraHeaders?: Record<string, string>
  timeouts: Timeouts
  /** The way out: egress/fetch.ts over the agent of this provider's policy. */
  fetch: Fetch
  logger: Logger
  /** Milliseconds since the epoch, for Retry-After dates and key cooldowns. */
  now?: () => number
}

/** How one provider kind writes and reads a call. Pure. */
export interface Wire {
  readonly kind: Upstream['kind']
  /** The headers that carry the key. */
  authHeaders(key: string): Record<string, string>
  /** @throws RouterError `invalid_request` naming what the provider cannot be asked for. */
  toCall(request: UpstreamRequest): WireCall
  /** Where embeddings are posted to, for providers that have them. */
  embeddingsPath?(upstreamName: string): string
}

export interface WireCall {
  /** Appended to the base URL, with its query: `/chat/completions`. */
  path: string
  headers?: Record<string, string>
  body: Record<string, unknown>
  /** Dialect of what `readReply` and `createStream` give; absent for OpenAI chat. */
  dialect?: DialectName
  /**
   * A whole answer (never an error payload) in the reply's dialect. Usage null is estimated for OpenAI chat.
   * @throws RouterError `upstream_invalid` (`invalidAnswer`) where it is no answer.
   */
  readReply(body: Record<string, unknown>): { body: Record<string, unknown>; usage: Usage | null }
  /** A new reader of the provider's events. */
  createStream(options: ChatStreamOptions): ChatStream
}

interface Context extends PostContext {
  wire: Wire
  timeouts: Timeouts
}

/** Upstream of one provider, spoken to by `wire`. One attempt per call; errors as in the Upstream interface. */
export const createHttpUpstream = (wire: Wire, options: HttpUpstreamOptions): Upstream => {
  const now = options.now ?? Date.now
  const { provider, baseUrl, keys, timeouts, logger, extraHeaders = {} } = options
  const context: Context = {
    wire,
    provider,
    keys,
    baseUrl,
    extraHeaders,
    timeouts,
    logger,
    now,
    fetch: options.fetch,
    keyRing: createKeyRing({ keys, baseUrl, now }),
  }
  const { embeddingsPath, authHeaders } = wire
  return {
    kind: wire.kind,
    ...(embeddingsPath && { embed: createEmbed(context, { authHeaders, embeddingsPath }) }),
    chat: async (request) => {
      const call = startCall(request.signal, timeoutsFor(request, timeouts))
      try {
        return await answer(context, request, call)
      } catch (error) {
        call.release()
        throw call.failure ?? error
      }
    },
  }
}

// To give up on a silent stream early is of use only where another model can be asked; without one it fails a request
// that a model which thinks before it speaks would have answered.
const timeoutsFor = ({ isLastChance }: UpstreamRequest, timeouts: Timeouts): Timeouts =>
  isLastChance === true
    ? { ...timeouts, firstTokenMs: Math.max(timeouts.firstTokenMs, timeouts.idleMs) }
    : timeouts

const answer = async (
  context: Context,
  request: UpstreamRequest,
  call: LiveCall,
): Promise<UpstreamReply> => {
  if (call.failure !== null) throw call.failure
  refuseUntranslatable(request, context.wire.kind)
  const wireCall = context.wire.toCall(request)
  const isStream = request.body.stream === true
  // A whole answer's headers come with its last token, so only streams have a first-token deadline.
  if (isStream) call.startTimer('first_token')
  const exchange = await post(context, {
    path: wireCall.path,
    headers: wireCall.headers ?? {},
    authHeaders: context.wire.authHeaders,
    body: wireCall.body,
    isStream,
    requestId: request.requestId,
    call,
  })
  const read = isStream ? readStream : readJson
  return read(context, request, { ...exchange, wireCall })
}

type Answered = Exchange & { wireCall: WireCall }

const readJson = async (
  context: Context,
  request: UpstreamRequest,
  { response, call, wireCall }: Answered,
): Promise<UpstreamReply> => {
  const { provider } = context
  const { text, isCut } = await readText(context, { response, call, maxBytes: MAX_JSON_BYTES })
  call.release()
  if (isCut) {
    const problem = `answered with more than ${MAX_JSON_BYTES} bytes`
    throw invalidAnswer(provider, problem, { isRetryable: false })
  }
  const received = parseObject(text)
  if (received === null) {
    throw invalidAnswer(provider, NO_OBJECT)
  }
  const failure = toldFailure(received)
  if (failure !== null) throw payloadError(context, failure)
  const { body, usage } = wireCall.readReply(received)
  const common = { kind: 'json', ...replyFacts(context, response) } as const
  const { dialect = 'openai' } = wireCall
  if (dialect !== 'openai') return { ...common, dialect, body, usage }
  return {
    ...common,
    body: withCost(body, request.target.price),
    usage: usage ?? (await estimate(request, body)),
  }
}

/** What an answer is called where the provider does not say. */
export const namesFor = ({ requestId, target, body }: UpstreamRequest): AnswerNames => ({
  id: `chatcmpl-${requestId}`,
  model: target.upstreamName,
  isLegacy: Array.isArray(body.functions),
})

const replyFacts = ({ now }: Context, { status, headers }: Answered['response']) => {
  const rateLimit = readRateLimit(headers, now())
  return { status, ...(rateLimit && { rateLimit }) }
}

const estimate = (request: UpstreamRequest, { choices }: Record<string, unknown>) => {
  const sample = createTextSample()
  for (const choice of Array.isArray(choices) ? choices : []) {
    if (isObject(choice) && isObject(choice.message)) sample.add(messageText(choice.message))
  }
  return estimateUsage(request.body.messages, sample)
}

const readStream = async (
  context: Context,
  request: UpstreamRequest,
  { response, call, wireCall }: Answered,
): Promise<UpstreamReply> => {
  const { provider, logger } = context
  const { body, target, requestId } = request
  if (response.body === null) throw invalidAnswer(provider, 'answered without a body')
  const logFields = { requestId, provider, model: target.model }
  let invalidEvents = 0
  const chat = wireCall.createStream({
    isUsageAsked: isObject(body.stream_options) && body.stream_options.include_usage === true,
    choices: typeof body.n === 'number' ? body.n : 1,
    names: namesFor(request),
    price: target.price,
    onInvalidEvent: () => {
      invalidEvents += 1
      if (invalidEvents === 1)
        logger.warn(logFields, 'skipped a stream event that is not JSON, or nested too deep')
    },
  })
  const relayed = await relayStream({
    body: response.body,
    call,
    chat,
    identity: context,
    messages: body.messages,
    logger,
    logFields,
  })
  const { dialect } = wireCall
  return {
    kind: 'stream',
    ...replyFacts(context, response),
    ...(dialect && { dialect }),
    ...relayed,
  }
}
