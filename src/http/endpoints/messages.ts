// POST /v1/messages and /v1/messages/count_tokens: Anthropic's dialect. The pipeline gets the body twice: translated for any model, and
// unchanged for a provider of kind anthropic.
import { z } from 'zod'
import type { RequestedModel } from '../../core/decide/requested-model.ts'
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
import { COUNT_HEADERS, createRequestedModel, createTokenCount } from '../relay/count-tokens.ts'
import { serveChat } from '../relay/serve-chat.ts'
import type { AppContext } from '../request/app-env.ts'
import { defineEndpoint } from '../request/endpoint.ts'

export const messageSchema = z
  .looseObject({
    id: z.string(),
    type: z.literal('message'),
    role: z.literal('assistant'),
    content: z.array(z.looseObject({ type: z.string() })),
    stop_reason: z.string().nullable(),
    usage: z.looseObject({ input_tokens: z.int(), output_tokens: z.int() }),
  })
  .describe('An Anthropic message.')

const tokenCountSchema = z.strictObject({ input_tokens: z.int() })

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

/** The body was checked by its schema, whose copy would be slow. */
const read = (c: AppContext): AnthropicRequest => {
  const request = c.get('json') as JsonObject & { model: string; messages: unknown[] }
  const translated = fromAnthropic(request)
  const { untranslatable, dropped } = translated
  const native = {
    dialect: 'anthropic' as const,
    body: request,
    headers: headersOf(c),
    untranslatable,
    dropped,
  }
  return { ...translated, request, native }
}

/**
 * Later turns of a thread contain only new messages, which no other model than the first turn's could continue: routed requests need
 * the whole conversation. Anthropic's client sends it by itself after this error.
 */
const refuseThread = ({ thread }: JsonObject, { kind }: RequestedModel): void => {
  if (thread === undefined || thread === null || kind === 'model') return
  const message = 'thread: only a request that names a model can be on a thread; send it without.'
  throw new RouterError('invalid_request', message, {
    param: 'thread',
    details: { untranslatable: ['thread'] },
  })
}

const modelOf = (c: AppContext, { model }: { model: string }): string =>
  c.get('named')?.model ?? model

export const createMessage = defineEndpoint({
  id: 'createMessage',
  method: 'post',
  path: '/v1/messages',
  access: 'inference',
  summary: "The same in Anthropic's dialect, whatever kind of provider serves it.",
  request: messagesRequestSchema,
  response: messageSchema,
  model: 'routed',
  isRouted: true,
  isStreamable: true,
  handler: (deps) => {
    const requestedModel = createRequestedModel(deps)
    return (c) => {
      const { request, body, native, prompt } = read(c)
      refuseThread(request, requestedModel(modelOf(c, body)))
      const dialect = createAnthropicDialect(request)
      return serveChat(c, deps, { body, native, prompt, sessionId: sessionOf(request), dialect })
    }
  },
})

export const countMessageTokens = defineEndpoint({
  id: 'countMessageTokens',
  method: 'post',
  path: '/v1/messages/count_tokens',
  access: 'inference',
  summary:
    "Tokens of a prompt: the provider's count for a model of Anthropic's kind, else our estimate.",
  request: countTokensRequestSchema,
  model: 'routed',
  response: tokenCountSchema,
  headers: COUNT_HEADERS,
  handler: (deps) => {
    const countTokens = createTokenCount(deps)
    return async (c) => {
      const { body, native } = read(c)
      return { input_tokens: await countTokens(c, { model: modelOf(c, body), body, native }) }
    }
  },
})
