// The HTTP app: middleware in order, every declared endpoint, and the error envelope around them.
import { Hono } from 'hono'
import { RouterError, toRouterError } from '../errors.ts'
import { createRedact } from '../telemetry/redact.ts'
import { ENDPOINTS } from './endpoints/endpoints.ts'
import { inDialectOf } from './error-dialects.ts'
import { toErrorReply } from './error-response.ts'
import { admit } from './middleware/admit.ts'
import { around } from './middleware/around.ts'
import { auth } from './middleware/auth.ts'
import { cors } from './middleware/cors.ts'
import { routeAccessTable } from './middleware/route-access.ts'
import { mountEndpoint } from './mount-endpoint.ts'
import { createRememberingRouter } from './remembering-router.ts'
import type { App, AppContext, AppEnv } from './request/app-env.ts'
import type { HttpDeps } from './request/deps.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Methods with a handler at this path, without middleware. */
const allowedMethods = (app: App, path: string): string[] =>
  METHODS.filter((method) =>
    app.router.match(method, path)[0].some(([[, { method: own }]]) => own !== 'ALL'),
  )

const nothingHere = (app: App, c: AppContext): RouterError => {
  const methods = allowedMethods(app, c.req.path)
  if (methods.length === 0) {
    return new RouterError(
      'not_found',
      'There is no endpoint at this path; GET / lists all endpoints.',
    )
  }
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return new RouterError('method_not_allowed', `This path only supports ${allow.join(', ')}.`, {
    details: { allow: allow.join(', ') },
  })
}

/** Adds pages, which say by themselves who may see them. */
export type AddPages = (app: App) => void

/** The whole app; it uses no engine itself. Errors of any kind are answered with the envelope. */
export const createApp = (deps: HttpDeps, addPages: AddPages | null = null): App => {
  const app: App = new Hono<AppEnv>({ router: createRememberingRouter() })
  const redact = deps.redact ?? createRedact()
  app.use(around(deps))
  addPages?.(app)
  app.use(cors(deps), auth(deps, routeAccessTable(ENDPOINTS)))
  for (const path of ['/v1/*', '/v1beta/*']) app.use(path, admit(deps))
  for (const endpoint of ENDPOINTS) mountEndpoint(app, endpoint, deps)
  app.notFound((c) => {
    throw nothingHere(app, c)
  })
  app.onError((error, c) => {
    const requestId = c.get('requestId')
    const cause = toRouterError(error)
    const reply = toErrorReply(cause, { requestId, redact })
    const isForAnthropic = c.req.header('anthropic-version') !== undefined
    const context = { cause, requestId, isForAnthropic }
    const { body, status } = inDialectOf(c.req.path, reply, context)
    return c.json(body, status as 400, reply.headers)
  })
  return app
}
