// POST /v1/responses and /v1/responses/input_tokens: the Responses API on the chat pipeline. The pipeline gets the body twice:
// translated for any model, and unchanged for a provider that has this API itself.
import { z } from 'zod'
import type { NativeBody } from '../../dialects/chat/upstream-request.ts'
import { type JsonObject, objectsOf } from '../../dialects/json.ts'
import { createKeptItems, type KeptItems } from '../../dialects/responses/kept-items.ts'
import { createResponsesDialect } from '../../dialects/responses/reply.ts'
import { type TranslatedRequest, toChatRequest } from '../../dialects/responses/request.ts'
import {
  type ResponsesRequest,
  responseSchema,
  responsesRequestSchema,
} from '../../dialects/responses/schema.ts'
import { withEarlierTurns, withReferredItems } from '../../dialects/responses/stored.ts'
import { COUNT_HEADERS, createTokenCount } from '../relay/count-tokens.ts'
import { serveChat } from '../relay/serve-chat.ts'
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { defineEndpoint } from '../request/endpoint.ts'
import { earlierTurns, isToBeKept, keepResponse } from './kept-responses.ts'

interface Asked extends TranslatedRequest {
  /** As the caller sent it. */
  given: JsonObject
  native: NativeBody
}

/** The request with the earlier turns that it continues. @throws RouterError `invalid_request`, `not_found` */
const read = async (
  c: AppContext,
  deps: HttpDeps,
  { request, kept }: { request: ResponsesRequest; kept: KeptItems },
): Promise<Asked> => {
  const given = c.get('json') as JsonObject
  const turns = await earlierTurns(c, deps, given.previous_response_id)
  const whole = withReferredItems(withEarlierTurns(given, turns), kept.recall)
  const input = { ...request, input: whole.input }
  const translated = toChatRequest(whole, whole === given ? request : input, kept.recall)
  const { dropped, untranslatable } = translated
  const native = {
    dialect: 'responses' as const,
    body: whole,
    headers: {},
    dropped,
    untranslatable,
  }
  return { ...translated, given, native }
}

export const createResponse = defineEndpoint({
  id: 'createResponse',
  method: 'post',
  path: '/v1/responses',
  access: 'inference',
  summary:
    "The same in the dialect of OpenAI's Responses API, whatever kind of provider serves it.",
  request: responsesRequestSchema,
  response: responseSchema,
  model: 'routed',
  isRouted: true,
  isStreamable: true,
  handler: (deps) => {
    const kept = createKeptItems()
    const newId = () => deps.newId().replaceAll('-', '')
    return async (c, { request }) => {
      const isStored = isToBeKept(deps, request.store)
      const { given, body, names, native } = await read(c, deps, { request, kept })
      const onResponse = (response: JsonObject): void => {
        if (request.store === false) return
        for (const item of objectsOf(response.output)) kept.keep(item)
        if (isStored) keepResponse(c, deps, { request: given, response, newId })
      }
      const dialect = createResponsesDialect({
        id: `resp_${newId()}`,
        createdAt: Math.floor(deps.now() / 1_000),
        now: deps.now,
        request: given,
        isStored,
        names,
        newId,
        onResponse,
      })
      const sessionId = request.metadata?.session_id ?? null
      return serveChat(c, deps, { body, native, sessionId, dialect })
    }
  },
})

const tokenCountSchema = z.strictObject({
  object: z.literal('response.input_tokens'),
  input_tokens: z.int(),
})

export const countResponseTokens = defineEndpoint({
  id: 'countResponseTokens',
  method: 'post',
  path: '/v1/responses/input_tokens',
  access: 'inference',
  summary:
    "Tokens of a request: the provider's count for a model of Anthropic's kind, else our estimate.",
  request: responsesRequestSchema,
  model: 'routed',
  response: tokenCountSchema,
  headers: COUNT_HEADERS,
  handler: (deps) => {
    const kept = createKeptItems()
    const countTokens = createTokenCount(deps)
    return async (c, { request }) => {
      const { body, native } = await read(c, deps, { request, kept })
      const model = c.get('named')?.model ?? body.model
      const tokens = await countTokens(c, { model, body, native })
      return { object: 'response.input_tokens' as const, input_tokens: tokens }
    }
  },
})
