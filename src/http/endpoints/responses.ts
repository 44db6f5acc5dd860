// POST /v1/responses: the Responses API on the chat pipeline, without state but for the output items of the last hour.

import type { JsonObject } from '../../dialects/json.ts'
import { createKeptItems } from '../../dialects/responses/kept-items.ts'
import { createResponsesDialect } from '../../dialects/responses/reply.ts'
import { toChatBody } from '../../dialects/responses/request.ts'
import { responsesRequestSchema } from '../../dialects/responses/schema.ts'
import { bodyLimit } from '../middleware/body-limit.ts'
import { jsonBody } from '../middleware/json-body.ts'
import { serveChat } from '../relay/serve-chat.ts'
import type { App } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { validate } from '../request/validate.ts'

export const responses = (app: App, deps: HttpDeps): void => {
  const limit = deps.config.server.max_body_bytes
  const kept = createKeptItems()
  const newId = () => deps.newId().replaceAll('-', '')
  app.post('/v1/responses', bodyLimit(limit), jsonBody(), async (c) => {
    const request = validate(responsesRequestSchema, c.get('json'))
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
  })
}
