// POST /v1/messages and /v1/messages/count_tokens: Anthropic's dialect. The body goes on twice: translated, for whatever
// model is chosen, and as it came, for a provider of Anthropic's kind.

import { requirePermitted } from '../../core/decide/permitted.ts'
import { parseRequestedModel, type RequestedModel } from '../../core/decide/requested-model.ts'
import { toMessage } from '../../dialects/anthropic/inbound-reply.ts'
import { fromAnthropic, type TranslatedRequest } from '../../dialects/anthropic/inbound-request.ts'
import {
  countTokensRequestSchema,
  messagesRequestSchema,
} from '../../dialects/anthropic/inbound-schema.ts'
import { createMessageWriter } from '../../dialects/anthropic/inbound-stream.ts'
import type { ReplyDialect } from '../../dialects/chat/reply-dialect.ts'
import type { NativeBody } from '../../dialects/chat/upstream-request.ts'
import { translateEvents } from '../../dialects/event-stream.ts'
import { isObject, type JsonObject } from '../../dialects/json.ts'
import { RouterError } from '../../errors.ts'
import { bodyLimit } from '../middleware/body-limit.ts'
import { jsonBody } from '../middleware/json-body.ts'
import { serveChat } from '../relay/serve-chat.ts'
import type { App, AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { principalOf } from '../request/principal.ts'
import { validate } from '../request/validate.ts'

const PASSED_HEADERS = ['anthropic-version', 'anthropic-beta']

const headersOf = (c: AppContext): Record<string, string> =>
  Object.fromEntries(
    PASSED_HEADERS.flatMap((name) => {
      const value = c.req.header(name)
      return value === undefined ? [] : [[name, value]]
    }),
  )

const createAnthropicDialect = (request: JsonObject): ReplyDialect => {
  const { thinking } = request
  const wantsThinking =
    isObject(thinking) && ['enabled', 'adaptive'].includes(String(thinking.type))
  return {
    name: 'anthropic',
    json: (body) => toMessage(body, wantsThinking),
    stream: (source) => translateEvents(source, createMessageWriter(wantsThinking)),
  }
}

/** Claude Code names its session at the end of `metadata.user_id`, in one of two forms. */
const sessionOf = ({ metadata }: JsonObject): string | null => {
  const userId = isObject(metadata) ? metadata.user_id : null
  if (typeof userId !== 'string') return null
  return /(?:^|_)session(?:_id"\s{0,4}:\s{0,4}"|_)([0-9a-f-]{36})/.exec(userId)?.[1] ?? null
}

interface AnthropicRequest extends TranslatedRequest {
  request: JsonObject
  native: NativeBody
}

/** `request` has passed its schema, which would copy it slowly. */
const read = (c: AppContext): AnthropicRequest => {
  const request = c.get('json') as JsonObject & { model: string; messages: unknown[] }
  const translated = fromAnthropic(request)
  const { untranslatable } = translated
  const native = {
    dialect: 'anthropic' as const,
    body: request,
    headers: headersOf(c),
    untranslatable,
  }
  return { ...translated, request, native }
}

/**
 * A thread's later turns hold only what is new, and are of no use to another model than the first turn's: routed requests
 * take the whole conversation. Anthropic's client sends it by itself when it is told so.
 */
const refuseThread = ({ thread }: JsonObject, { kind }: RequestedModel): void => {
  if (thread === undefined || thread === null || kind === 'model') return
  const message = 'thread: only a request that names a model can be on a thread; send it without.'
  throw new RouterError('invalid_request', message, {
    param: 'thread',
    details: { untranslatable: ['thread'] },
  })
}

export const messages = (app: App, deps: HttpDeps): void => {
  const { config } = deps
  const limit = config.server.max_body_bytes
  const known = { routes: Object.keys(config.routes), models: Object.keys(config.models) }

  app.post('/v1/messages', bodyLimit(limit), jsonBody(), async (c) => {
    validate(messagesRequestSchema, c.get('json'))
    const { request, body, native, prompt } = read(c)
    refuseThread(request, parseRequestedModel(body.model, known))
    const dialect = createAnthropicDialect(request)
    return serveChat(c, deps, { body, native, prompt, sessionId: sessionOf(request), dialect })
  })

  app.post('/v1/messages/count_tokens', bodyLimit(limit), jsonBody(), async (c) => {
    validate(countTokensRequestSchema, c.get('json'))
    const { body, native } = read(c)
    const requested = parseRequestedModel(body.model, known)
    requirePermitted(principalOf(c), requested)
    const { tokens, isEstimated } = await deps.countTokens({
      model: requested.kind === 'model' ? requested.model : null,
      body,
      native,
      requestId: c.get('requestId'),
      signal: c.req.raw.signal,
    })
    c.header('x-router-token-count', isEstimated ? 'estimated' : 'exact')
    return c.json({ input_tokens: tokens })
  })
}
