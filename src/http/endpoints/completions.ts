// POST /v1/completions: the legacy dialect on the chat pipeline.

import {
  completionsDialect,
  completionsRequestSchema,
  completionToChat,
} from '../../dialects/completions/completions.ts'
import type { JsonObject } from '../../dialects/json.ts'
import { bodyLimit } from '../middleware/body-limit.ts'
import { jsonBody } from '../middleware/json-body.ts'
import { serveChat } from '../relay/serve-chat.ts'
import type { App } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { validate } from '../request/validate.ts'

export const completions = (app: App, deps: HttpDeps): void => {
  const limit = deps.config.server.max_body_bytes
  app.post('/v1/completions', bodyLimit(limit), jsonBody(), async (c) => {
    const request = validate(completionsRequestSchema, c.get('json'))
    return serveChat(c, deps, {
      body: completionToChat(c.get('json') as JsonObject),
      sessionId: request.metadata?.session_id ?? null,
      dialect: completionsDialect,
    })
  })
}
