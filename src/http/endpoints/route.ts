// POST /v1/route: the whole decision without an upstream call, for a conversation or one bare prompt.
import type { z } from 'zod'
import type { PromptMessage } from '../../core/prompt/prompt.ts'
import { bodyLimit } from '../middleware/body-limit.ts'
import { orClientClosed } from '../middleware/client-closed.ts'
import { jsonBody } from '../middleware/json-body.ts'
import { elapsedMs } from '../middleware/request-id.ts'
import type { App } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { principalOf } from '../request/principal.ts'
import { validate } from '../request/validate.ts'
import { routeRequestSchema } from '../schemas.ts'
import { explainedJson } from './decision-json.ts'

const messagesOf = (request: z.infer<typeof routeRequestSchema>): PromptMessage[] =>
  (request.messages as PromptMessage[] | undefined) ?? [
    { role: 'user', content: request.prompt ?? request.input },
  ]

export const route = (app: App, deps: HttpDeps): void => {
  const limit = deps.config.server.max_body_bytes
  app.post('/v1/route', bodyLimit(limit), jsonBody(), async (c) => {
    const request = validate(routeRequestSchema, c.get('json'))
    const { signal } = c.req.raw
    const decision = await orClientClosed(
      signal,
      deps.pipeline.route({
        requestId: c.get('requestId'),
        model: request.model,
        messages: messagesOf(request),
        sessionId: c.req.header('x-session-id') || null,
        principal: principalOf(c),
        signal,
      }),
    )
    const overheadMs = elapsedMs(deps) - c.get('startedMs')
    c.set('routed', { decision, attempts: [], overheadMs, upstreamMs: 0 })
    return c.json(explainedJson(decision, deps.exemplars))
  })
}
