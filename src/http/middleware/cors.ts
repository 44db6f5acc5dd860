// Web pages of the origins in server.cors.origins may ask this server and read its answers. A preflight comes without a
// key, so this stands before auth; the request that follows it needs one like any other.
import { cors as honoCors } from 'hono/cors'
import type { Middleware } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'

/** What a page may read beyond the few headers that it may always read. */
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

/** Does nothing for any other origin: what it asks is answered, or refused, as if it were no page. */
export const cors = ({ config }: Pick<HttpDeps, 'config'>): Middleware => {
  const { origins } = config.server.cors
  const answer = honoCors({
    origin: [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    exposeHeaders: EXPOSED_HEADERS,
    maxAge: MAX_AGE_SECONDS,
  })
  return async function cors(c, next) {
    if (!origins.includes(c.req.header('origin') ?? '')) return next()
    const { method } = c.req
    const isPreflight = c.req.header('access-control-request-method') !== undefined
    if (method === 'OPTIONS' && !isPreflight) return next()
    return answer(c, next)
  }
}
