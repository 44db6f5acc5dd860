// Mounts a declared endpoint as a route of the app: reads the body within its limit, checks body and query by their schemas, and sends
// the handler's result.
import { bodyLimit } from './middleware/body-limit.ts'
import { jsonBody, optionalJsonBody } from './middleware/json-body.ts'
import { namedModel } from './middleware/named-model.ts'
import { isReply } from './middleware/reply-headers.ts'
import type { App, AppContext, Middleware } from './request/app-env.ts'
import type { HttpDeps } from './request/deps.ts'
import type { Checked, Endpoint } from './request/endpoint.ts'
import { validate } from './request/validate.ts'

const readBody = ({ request, body, model }: Endpoint, deps: HttpDeps): Middleware[] => {
  if (!request) return []
  const limited = bodyLimit(deps.config.server.max_body_bytes, deps.bodies)
  if (body === 'raw') return [limited]
  const parsed = body === 'optional' ? optionalJsonBody() : jsonBody()
  return [limited, parsed, ...(model ? [namedModel(deps, model)] : [])]
}

/** @throws RouterError `invalid_request` */
const check = ({ request, query, body }: Endpoint, c: AppContext): Checked<unknown, unknown> => ({
  query: query && validate(query, c.req.query()),
  request: request && body !== 'raw' ? validate(request, c.get('json')) : undefined,
})

export const mountEndpoint = (app: App, endpoint: Endpoint, deps: HttpDeps): void => {
  const { method, path, status = 200 } = endpoint
  const handle = endpoint.handler(deps)
  app.on([method.toUpperCase()], [path], ...readBody(endpoint, deps), async (c) => {
    const answer = await handle(c, check(endpoint, c))
    return isReply(answer) ? answer : c.json(answer as object, status as 200)
  })
}
