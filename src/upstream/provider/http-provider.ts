// Shared by every HTTP provider: one POST of JSON, whose answer is checked, priced and passed on. A provider kind is a `Wire`, which
// writes a call and reads complete answers and streams. It does not deal with timers, keys, statuses or sockets; those are here and in
// http-post.ts.
//
// A new kind is a folder with the same files: <kind>.ts (`createXUpstream = (options) => createHttpUpstream(wire,
// options)`), request.ts (chat body → provider body), reply.ts (provider body → chat completion), stream.ts (provider
// events → chat chunks, through translated-stream.ts), and its line in registry.ts.

import type { Logger } from '../../core/logger.ts'
import type { UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { toRouterError } from '../../errors.ts'
import type { Fetch } from '../egress/fetch-port.ts'
import { createKeyRing } from '../keys/key-ring.ts'
import { type LiveCall, startCall, type Timeouts } from '../timing/live-call.ts'
import type { Upstream, UpstreamReply } from '../upstream.ts'
import { createEmbed } from './embed.ts'
import { createForward } from './forward.ts'
import { type PostContext, post } from './http-post.ts'
import { createParameterFit, type ParameterFit } from './parameter-fit.ts'
import { readStreamed, readWhole } from './read-answer.ts'
import { droppedByTranslation, refuseUntranslatable, speaksNative } from './untranslatable.ts'
import type { Wire, WireCall } from './wire.ts'

/** The same for every kind: registry.ts builds them from the configuration. */
export interface HttpUpstreamOptions {
  /** The provider's name in the configuration. */
  provider: string
  /** Without a trailing slash; the wire's path is appended. */
  baseUrl: string
  /** Used in rotation; empty for servers without keys. Valid header values: see provider-keys.ts. */
  keys: readonly string[]
  /** Sent with every call; checked by extra-headers.ts. */
  extraHeaders?: Record<string, string>
  /** Names of caller headers that are forwarded. */
  forwardHeaders?: readonly string[] | undefined
  /** Whether X-Gateway-Model-Name is sent. */
  hasModelHeader?: boolean | undefined
  timeouts: Timeouts
  /** egress/fetch.ts over the agent of this provider's policy. */
  fetch: Fetch
  logger: Logger
  /** Milliseconds since the epoch, for Retry-After dates and key cooldowns. */
  now?: () => number
}

interface Context
  extends PostContext,
    Pick<HttpUpstreamOptions, 'forwardHeaders' | 'hasModelHeader'> {
  wire: Wire
  timeouts: Timeouts
  parameters: ParameterFit
}

/** Upstream of one provider by its `wire`. One attempt per call; errors as in the Upstream interface. */
export const createHttpUpstream = (wire: Wire, options: HttpUpstreamOptions): Upstream => {
  const now = options.now ?? Date.now
  const { provider, baseUrl, keys, timeouts, logger, extraHeaders = {} } = options
  const parameters = createParameterFit(wire)
  const context: Context = {
    wire,
    provider,
    keys,
    baseUrl,
    extraHeaders,
    timeouts,
    logger,
    now,
    parameters,
    fetch: options.fetch,
    forwardHeaders: options.forwardHeaders,
    hasModelHeader: options.hasModelHeader,
    keyRing: createKeyRing({ keys, baseUrl, now }),
  }
  const { embeddingsPath, pathBeside, authHeaders } = wire
  return {
    kind: wire.kind,
    ...(wire.native && { native: wire.native }),
    losses: parameters.losses,
    ...(embeddingsPath && { embed: createEmbed(context, { authHeaders, embeddingsPath }) }),
    ...(pathBeside && { forward: createForward(context, { authHeaders, pathBeside }) }),
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

// An early timeout for a silent stream only helps where another model can be called; without one it would fail requests to models that
// think for long before their first token.
const timeoutsFor = ({ isLastChance }: UpstreamRequest, timeouts: Timeouts): Timeouts =>
  isLastChance === true
    ? { ...timeouts, firstTokenMs: Math.max(timeouts.firstTokenMs, timeouts.idleMs) }
    : timeouts

/** Most parameters that a provider may refuse one by one. */
const MAX_REFUSED_PARAMETERS = 4

const answer = async (
  context: Context,
  request: UpstreamRequest,
  call: LiveCall,
): Promise<UpstreamReply> => {
  if (call.failure !== null) throw call.failure
  refuseUntranslatable(request, context.wire)
  const { parameters } = context
  for (let refused = 0; ; refused++) {
    const fitted = parameters.fit(request)
    try {
      const wireCall = context.wire.toCall(fitted.request)
      const reply = await exchange(context, { request, wireCall, call })
      const dropped = [
        ...droppedByTranslation(request, context.wire),
        ...fitted.dropped,
        ...(wireCall.dropped ?? []),
      ]
      return dropped.length > 0 ? { ...reply, dropped } : reply
    } catch (thrown) {
      if (call.failure !== null) throw call.failure
      const error = parameters.learn(request, toRouterError(thrown))
      if (error !== null || refused === MAX_REFUSED_PARAMETERS) throw error ?? thrown
    }
  }
}

interface AnswerRequest {
  /** The caller's request. */
  request: UpstreamRequest
  /** The call, fitted to the model. */
  wireCall: WireCall
  call: LiveCall
}

/** The headers that the configuration enables: forwarded ones of the caller, and the router's own. */
const optedIn = (
  { forwardHeaders = [], hasModelHeader }: Context,
  { callerHeaders = {}, target, traceHeaders }: UpstreamRequest,
): Record<string, string> => ({
  ...Object.fromEntries(
    forwardHeaders.flatMap((name) => {
      const value = callerHeaders[name]
      return value === undefined ? [] : [[name, value]]
    }),
  ),
  ...traceHeaders,
  ...(hasModelHeader && { 'x-gateway-model-name': target.upstreamName }),
})

const exchange = async (
  context: Context,
  { request, wireCall, call }: AnswerRequest,
): Promise<UpstreamReply> => {
  const { wire } = context
  const isNative = speaksNative(request, wire)
  const isStream = request.body.stream === true
  // A whole answer's headers come with its last token, so only streams have a first-token deadline.
  if (isStream) call.startTimer('first_token')
  const posted = await post(context, {
    path: wireCall.path,
    headers: { ...optedIn(context, request), ...wireCall.headers },
    authHeaders: wire.authHeaders,
    body: wireCall.body,
    source: isNative ? request.native?.body : request.body,
    isStream,
    requestId: request.requestId,
    call,
  })
  const read = isStream ? readStreamed : readWhole
  return read(context, request, { wireCall, ...posted })
}
