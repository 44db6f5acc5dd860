// POST /v1/completions: the legacy dialect on the chat pipeline.
import {
  completionsDialect,
  completionsRequestSchema,
  completionsResponseSchema,
  completionToChat,
} from '../../dialects/completions/completions.ts'
import type { JsonObject } from '../../dialects/json.ts'
import { serveChat } from '../relay/serve-chat.ts'
import { defineEndpoint } from '../request/endpoint.ts'

export const createCompletion = defineEndpoint({
  id: 'createCompletion',
  method: 'post',
  path: '/v1/completions',
  access: 'inference',
  summary: 'The same in the legacy dialect: one prompt, one text.',
  request: completionsRequestSchema,
  response: completionsResponseSchema,
  model: 'routed',
  isRouted: true,
  isStreamable: true,
  handler:
    (deps) =>
    (c, { request }) =>
      serveChat(c, deps, {
        body: completionToChat(c.get('json') as JsonObject),
        sessionId: request.metadata?.session_id ?? null,
        dialect: completionsDialect,
      }),
})
