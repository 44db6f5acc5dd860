// POST /v1/chat/completions: the body goes to the pipeline as the caller wrote it.
import { chatRequestSchema } from '../../dialects/chat/chat-schema.ts'
import type { ChatBody } from '../../dialects/chat/upstream-request.ts'
import { bodyLimit } from '../middleware/body-limit.ts'
import { jsonBody } from '../middleware/json-body.ts'
import { serveChat } from '../relay/serve-chat.ts'
import type { App } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { validate } from '../request/validate.ts'

export const chatCompletions = (app: App, deps: HttpDeps): void => {
  const limit = deps.config.server.max_body_bytes
  app.post('/v1/chat/completions', bodyLimit(limit), jsonBody(), async (c) => {
    const request = validate(chatRequestSchema, c.get('json'))
    return serveChat(c, deps, {
      body: c.get('json') as ChatBody, // checked by the schema, which would copy it slowly
      sessionId: request.metadata?.session_id ?? null,
    })
  })
}
