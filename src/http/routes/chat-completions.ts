// POST /v1/chat/completions: parse → pipeline.chat → answer as it came, or relay the stream.
import type { z } from 'zod'
import type { PromptMessage } from '../../core/prompt.ts'
import { RouterError } from '../../errors.ts'
import type { App, AppContext } from '../app-env.ts'
import { orClientClosed } from '../client-closed.ts'
import type { ChatBody, ChatReply, HttpDeps } from '../deps.ts'
import { bodyLimit } from '../middleware/body-limit.ts'
import { jsonBody } from '../middleware/json-body.ts'
import { elapsedMs } from '../middleware/request-id.ts'
import { relay } from '../relay.ts'
import { chatRequestSchema } from '../schemas.ts'
import { validate } from '../validate.ts'

const MAX_SESSION_CHARS = 256

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

/** Header, else metadata. OpenAI's `user` names a person, not a conversation. */
const sessionIdOf = (c: AppContext, request: z.infer<typeof chatRequestSchema>): string | null => {
  const header = c.req.header('x-session-id')
  if (header && header.length > MAX_SESSION_CHARS) {
    throw new RouterError(
      'invalid_request',
      `x-session-id: expected at most ${MAX_SESSION_CHARS} characters`,
      { param: 'x-session-id' },
    )
  }
  return header || (request.metadata?.session_id ?? null)
}

const answer = (c: AppContext, reply: ChatReply, deps: HttpDeps): Response => {
  if (reply.kind === 'json') {
    return c.body(JSON.stringify(reply.body), {
      status: reply.status as 200,
      headers: { 'content-type': 'application/json' },
    })
  }
  const { body, end } = relay({
    source: reply.stream,
    outgoing: c.env?.outgoing as RelayOutgoing,
    stallTimeoutMs: deps.config.resilience.idle_timeout_ms,
  })
  c.set('relayEnd', end)
  return new Response(body, { status: reply.status, headers: STREAM_HEADERS })
}

type RelayOutgoing = Parameters<typeof relay>[0]['outgoing']

export const chatCompletions = (app: App, deps: HttpDeps): void => {
  const limit = deps.config.server.max_body_bytes
  app.post('/v1/chat/completions', bodyLimit(limit), jsonBody(), async (c) => {
    const request = validate(chatRequestSchema, c.get('json'))
    const { signal } = c.req.raw
    const chat = deps.pipeline.chat({
      requestId: c.get('requestId'),
      model: request.model,
      messages: request.messages as PromptMessage[], // checked by the schema
      sessionId: sessionIdOf(c, request),
      signal,
      body: c.get('json') as ChatBody, // as the caller wrote it, not as the schema copied it
    })
    const { decision, result } = await orClientClosed(signal, chat)
    const upstreamMs = result.attempts.reduce((sum, { durationMs }) => sum + durationMs, 0)
    const overheadMs = Math.max(0, elapsedMs(deps) - c.get('startedMs') - upstreamMs)
    c.set('routed', { decision, attempts: result.attempts, overheadMs })
    if (result.kind === 'error') throw result.error
    return answer(c, result.reply, deps)
  })
}
