// POST /v1/responses: the Responses API on the chat pipeline, without state but for the output items of the last hour.
import type { JsonObject } from '../../dialects/json.ts'
import { createKeptItems } from '../../dialects/responses/kept-items.ts'
import { createResponsesDialect } from '../../dialects/responses/reply.ts'
import { toChatBody } from '../../dialects/responses/request.ts'
import { responseSchema, responsesRequestSchema } from '../../dialects/responses/schema.ts'
import { serveChat } from '../relay/serve-chat.ts'
import { defineEndpoint } from '../request/endpoint.ts'

export const createResponse = defineEndpoint({
  id: 'createResponse',
  method: 'post',
  path: '/v1/responses',
  access: 'inference',
  summary: "The same in the dialect of OpenAI's Responses API, without state there.",
  request: responsesRequestSchema,
  response: responseSchema,
  model: 'routed',
  isRouted: true,
  isStreamable: true,
  handler: (deps) => {
    const kept = createKeptItems()
    const newId = () => deps.newId().replaceAll('-', '')
    return (c, { request }) => {
      const body = c.get('json') as JsonObject
      return serveChat(c, deps, {
        body: toChatBody(body, request, kept.recall),
        sessionId: request.metadata?.session_id ?? null,
        dialect: createResponsesDialect({
          id: `resp_${newId()}`,
          createdAt: Math.floor(deps.now() / 1_000),
          request: body,
          newId,
          onItem: request.store === false ? () => {} : kept.keep,
        }),
      })
    }
  },
})
