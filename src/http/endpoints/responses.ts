// POST /v1/responses: the Responses API on the chat pipeline. The body goes on twice: translated, for whatever model is
// chosen, and as it came, for a provider that speaks this API itself.
import { type JsonObject, objectsOf } from '../../dialects/json.ts'
import { createKeptItems } from '../../dialects/responses/kept-items.ts'
import { createResponsesDialect } from '../../dialects/responses/reply.ts'
import { toChatRequest } from '../../dialects/responses/request.ts'
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
      const given = c.get('json') as JsonObject
      const { body, names, dropped, untranslatable } = toChatRequest(given, request, kept.recall)
      const keep = (response: JsonObject): void => {
        for (const item of objectsOf(response.output)) kept.keep(item)
      }
      return serveChat(c, deps, {
        body,
        native: { dialect: 'responses', body: given, headers: {}, dropped, untranslatable },
        sessionId: request.metadata?.session_id ?? null,
        dialect: createResponsesDialect({
          id: `resp_${newId()}`,
          createdAt: Math.floor(deps.now() / 1_000),
          now: deps.now,
          request: given,
          isStored: false,
          names,
          newId,
          onResponse: request.store === false ? () => {} : keep,
        }),
      })
    }
  },
})
