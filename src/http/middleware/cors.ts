// CORS: web pages of the origins in server.cors.origins may use this server. A preflight has no key, so this runs before auth; the
// actual request needs one like any other.
import { cors as honoCors } from 'hono/cors'
import type { Middleware } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'

/** Response headers that pages may read in addition to the CORS-safelisted ones. */
export const EXPOSED_HEADERS = [
  'x-request-id',
  'request-id',
  'retry-after',
  'x-should-retry',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-tokens',
  'x-router-alias',
  'x-router-attempts',
  'x-router-cache',
  'x-router-cache-kind',
  'x-router-confidence',
  'x-router-decision-id',
  'x-router-fallback-cause',
  'x-router-index-version',
  'x-router-model',
  'x-router-overhead-ms',
  'x-router-reason',
  'x-router-route',
  'x-router-token-count',
  'x-router-truncated',
]

const MAX_AGE_SECONDS = 600

/** Does nothing for other origins. */
export const cors = ({ config }: Pick<HttpDeps, 'config'>): Middleware => {
  const { origins } = config.server.cors
  const answer = honoCors({
    origin: [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    exposeHeaders: EXPOSED_HEADERS,
    maxAge: MAX_AGE_SECONDS,
  })
  return function cors(c, next) {
    if (!origins.includes(c.req.header('origin') ?? '')) return next()
    const { method } = c.req
    const isPreflight = c.req.header('access-control-request-method') !== undefined
    if (method === 'OPTIONS' && !isPreflight) return next()
    return answer(c, next)
  }
}
