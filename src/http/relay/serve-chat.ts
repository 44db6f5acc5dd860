// Shared by all chat endpoints: calls pipeline.chat with an OpenAI chat body, and answers in the caller's dialect.

import type { ServerResponse } from 'node:http'
import type { Config } from '../../config/config-schema.ts'
import { forwardableHeaders } from '../../config/schema/provider-schema.ts'
import type { PromptMessage } from '../../core/prompt/prompt.ts'
import type { Completion } from '../../core/types.ts'
import { readerOf } from '../../dialects/byte-reader.ts'
import type { ReplyDialect } from '../../dialects/chat/reply-dialect.ts'
import type { ChatBody, NativeBody } from '../../dialects/chat/upstream-request.ts'
import { withWrittenArguments } from '../../dialects/chat/written-arguments.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { RouterError } from '../../errors.ts'
import { createDeferred } from '../../jobs/deferred.ts'
import { reserveChat, spentOn } from '../middleware/charge.ts'
import { clientSignal, orClientClosed } from '../middleware/client-closed.ts'
import { headed, SENT_STATUS, sentHead } from '../middleware/reply-headers.ts'
import { elapsedMs } from '../middleware/request-id.ts'
import type { AppContext } from '../request/app-env.ts'
import type { ChatReply, HttpDeps } from '../request/deps.ts'
import { principalOf } from '../request/principal.ts'
import { relayAsResponse, relayToSocket } from './relay.ts'
import { checkToolCalls } from './tool-calls.ts'

const MAX_SESSION_CHARS = 256

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

export interface ServeChat {
  /** OpenAI chat form: the caller's body, or a translation of it. */
  body: ChatBody
  native?: NativeBody
  /** Messages for the classifier, where these are not `body.messages`. */
  prompt?: PromptMessage[]
  /** Session id where there is no x-session-id header. */
  sessionId: string | null
  dialect?: ReplyDialect
}

/** From the header, else from the body. OpenAI's `user` identifies a person, not a conversation. */
const sessionIdOf = (c: AppContext, fromBody: string | null): string | null => {
  const header = c.req.header('x-session-id')
  if (header && header.length > MAX_SESSION_CHARS) {
    throw new RouterError(
      'invalid_request',
      `x-session-id: expected at most ${MAX_SESSION_CHARS} characters`,
      { param: 'x-session-id' },
    )
  }
  return header || fromBody
}

const MAX_FORWARDED_CHARS = 512

/** Headers that a provider's `forward_headers` may select from; none where no provider does. */
const callerHeadersOf = (c: AppContext, { providers }: Config): Record<string, string> => {
  const isAsked = Object.values(providers).some(({ forward_headers: names }) => names?.length)
  return isAsked ? forwardableOf(c) : {}
}

const forwardableOf = (c: AppContext): Record<string, string> =>
  Object.fromEntries(
    forwardableHeaders.flatMap((name) => {
      const value = c.req.header(name)
      const isPlain = value !== undefined && /^[\x20-\x7e]+$/.test(value)
      return isPlain && value.length <= MAX_FORWARDED_CHARS ? [[name, value]] : []
    }),
  )

const upstreamNamed = (headers: Record<string, string>): Record<string, string> => {
  const named: Record<string, string> = {}
  for (const name in headers) {
    named[`x-router-upstream-${name.replace(/^x-/, '')}`] = headers[name] as string
  }
  return named
}

/** Headers of the provider's answer, and dropped parameters. */
const replyHeaders = ({
  upstreamHeaders = {},
  dropped = [],
}: ChatReply): Record<string, string> => ({
  ...upstreamNamed(upstreamHeaders),
  ...(dropped.length > 0 && { 'x-router-dropped': dropped.map(encodeURIComponent).join(', ') }),
})

const AS_IT_IS: Pick<ReplyDialect, 'json' | 'stream'> = {
  json: (body) => body,
  stream: (source) => source,
}

const answer = (
  c: AppContext,
  deps: HttpDeps,
  { reply, dialect }: { reply: ChatReply; dialect: ReplyDialect | undefined },
): Response => {
  const headers = replyHeaders(reply)
  const isNative = dialect === undefined || (reply.dialect ?? 'openai') === dialect.name
  const writer = (isNative ? dialect?.native : dialect) ?? AS_IT_IS
  if (reply.kind === 'json') {
    return headed(c, writeJson(writer.json(reply.body)), {
      status: reply.status,
      headers: { 'content-type': 'application/json', ...headers },
    })
  }
  return answerStream(c, deps, {
    stream: writer.stream(reply.stream),
    status: reply.status,
    headers: { ...STREAM_HEADERS, ...headers },
  })
}

interface StreamedAnswer {
  stream: ReadableStream<Uint8Array>
  status: number
  headers: Record<string, string>
}

/** Straight to the socket, but for web pages, whose headers cors adds to a response. */
const answerStream = (
  c: AppContext,
  deps: HttpDeps,
  { stream, status, headers }: StreamedAnswer,
): Response => {
  const outgoing = c.env?.outgoing as ServerResponse | undefined
  const source = readerOf(stream)
  const options = { source, stallTimeoutMs: deps.config.resilience.idle_timeout_ms }
  if (outgoing && status === SENT_STATUS && c.req.header('origin') === undefined) {
    const sent = sentHead(c, outgoing, headers)
    c.set('relayEnd', relayToSocket(options, outgoing))
    return sent
  }
  const { body, end } = relayAsResponse(options, outgoing)
  c.set('relayEnd', end)
  return headed(c, body, { status, headers })
}

/** The parts of the request beside its body that the pipeline needs. */
const requestFacts = (c: AppContext) => {
  const takeTurn = c.get('takeTurn')
  const failTargets = c.req.header('x-router-fail-targets')
  const cacheControl = c.req.header('cache-control')
  const trace = c.get('trace')
  return {
    requestId: c.get('requestId'),
    signal: clientSignal(c),
    ...(takeTurn && { takeTurn }),
    ...(trace && { trace }),
    ...(failTargets === undefined ? {} : { failTargets }),
    ...(cacheControl === undefined ? {} : { cacheControl }),
  }
}

/** Sets the serving model and the router's own share of the time, for headers, log and metrics. */
const noteRouted = (
  c: AppContext,
  deps: HttpDeps,
  {
    decision,
    result,
    completion,
  }: Awaited<ReturnType<HttpDeps['pipeline']['chat']>> & {
    completion: Promise<Completion>
  },
): void => {
  const { attempts, cache, fallbackCause } = result
  const waitedMs = result.waitedMs ?? 0 // queues and retry delays count as the provider's time
  const upstreamMs = attempts.reduce((sum, { durationMs }) => sum + durationMs, waitedMs)
  const overheadMs = Math.max(0, elapsedMs(deps) - c.get('startedMs') - upstreamMs)
  const facts = { decision, attempts, fallbackCause, cache }
  c.set('routed', { overheadMs, upstreamMs, completion, ...facts })
}

/** @throws RouterError of the pipeline or the last upstream attempt */
export const serveChat = async (
  c: AppContext,
  deps: HttpDeps,
  { body: given, native, prompt, sessionId, dialect }: ServeChat,
): Promise<Response> => {
  const body = withWrittenArguments(given)
  const principal = principalOf(c)
  const namedSession = sessionIdOf(c, sessionId)
  checkToolCalls(body.messages)
  const model = c.get('named')?.model ?? body.model
  const reservation = reserveChat(deps, principal, { ...body, model })
  const completion = createDeferred<Completion>()
  const chat = deps.pipeline.chat({
    model,
    messages: prompt ?? (body.messages as PromptMessage[]),
    sessionId: namedSession,
    principal,
    onComplete: (completed) => {
      reservation.settle(spentOn(completed))
      completion.resolve(completed)
    },
    body,
    callerHeaders: callerHeadersOf(c, deps.config),
    ...requestFacts(c),
    ...(native ? { native } : {}),
  })
  const { decision, result } = await orClientClosed(clientSignal(c), chat).catch((error) => {
    reservation.settle()
    throw error
  })
  noteRouted(c, deps, { decision, result, completion: completion.promise })
  if (result.kind === 'error') throw result.error
  return answer(c, deps, { reply: result.reply, dialect })
}
