// Authentication and authorisation, before anything else of the request is read. Every failure in here ends in 401 or 503, never in a
// request without a principal.
import { matchedRoutes } from 'hono/route'
import { hasRole, LOCAL_PRINCIPAL, type Principal } from '../../core/decide/gateway-key.ts'
import { isGeminiPath } from '../../dialects/gemini/inbound-error.ts'
import { RouterError } from '../../errors.ts'
import type { AppContext, Middleware } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import type { RouteAccess } from '../request/endpoint.ts'
import { addHeaders } from './reply-headers.ts'
import { accessOf, type RouteAccessTable } from './route-access.ts'
import { refuseForeignPages } from './web-pages.ts'

type AuthDeps = Pick<HttpDeps, 'access' | 'config' | 'logger'>

const handlerOf = (c: AppContext) => matchedRoutes(c).findLast(({ method }) => method !== 'ALL')

/** Not counted against limits: clients request the list of models at every start, and it costs nothing. */
const FREE = /^\/v1\/models(?:\/|$)/

const isCounted = (access: RouteAccess, c: AppContext): boolean =>
  (access === 'inference' || access === 'feedback') && !FREE.test(handlerOf(c)?.path ?? '')

/** Access of the handler that will run; unknown paths need a key as well, so that they cannot be probed without one. */
const accessOfRequest = (c: AppContext, deps: AuthDeps, routes: RouteAccessTable): RouteAccess => {
  const handler = handlerOf(c)
  if (!handler) return 'any'
  if (handler.path === '/metrics' && deps.config.keys.public_metrics) return 'public'
  return accessOf(routes, handler.method, handler.path)
}

const bearerOf = (authorization: string): string =>
  /^bearer +(\S{1,200})$/i.exec(authorization.slice(0, 300).trim())?.[1] ?? ''

/** Google's clients send the key in a header of their own, or in the URL, which is never logged. */
const googleKeyOf = (c: AppContext): string | undefined =>
  isGeminiPath(c.req.path) ? (c.req.header('x-goog-api-key') ?? c.req.query('key')) : undefined

/**
 * x-api-key as Anthropic's clients send it, and Authorization: Bearer as OpenAI's do. Some clients send both, one of them a
 * placeholder or another server's key: any valid one counts. '' is an invalid key, null no key.
 */
const keysOf = (c: AppContext): (string | null)[] => {
  const apiKey = c.req.header('x-api-key')?.trim()
  const authorization = c.req.header('authorization')
  const given = [apiKey, googleKeyOf(c)?.trim(), authorization && bearerOf(authorization)]
  const keys = given.filter((key) => key !== undefined)
  return keys.length > 0 ? keys : [null]
}

const isInvalidKey = (error: unknown): boolean =>
  error instanceof RouterError && error.code === 'invalid_api_key'

/** @throws RouterError `invalid_api_key` where none of the keys is valid */
const authenticateAny = async (
  deps: AuthDeps,
  [key = null, ...others]: (string | null)[],
): Promise<Principal> => {
  try {
    return await deps.access.authenticate(key)
  } catch (error) {
    if (others.length === 0 || !isInvalidKey(error)) throw error
    return authenticateAny(deps, others)
  }
}

/** @throws RouterError `invalid_api_key`, `store_unavailable` */
const authenticate = async (c: AppContext, deps: AuthDeps): Promise<Principal> => {
  try {
    return await authenticateAny(deps, keysOf(c))
  } catch (error) {
    if (isInvalidKey(error)) throw error
    if (error instanceof RouterError && error.code === 'store_unavailable') throw error
    deps.logger.error({ err: error }, 'a key could not be checked')
    throw new RouterError('store_unavailable', 'The key cannot be checked now; try again.', {
      cause: error,
    })
  }
}

/** The key's principal on a public route, where there is a valid one; null otherwise. */
const authenticateQuietly = (c: AppContext, deps: AuthDeps): Promise<Principal | null> =>
  authenticate(c, deps).catch(() => null)

const rateHeaders = (deps: AuthDeps, principal: Principal): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const unit of ['requests', 'tokens'] as const) {
    const rate = deps.access.limits.rate(principal, unit)
    if (rate === null) continue
    headers[`x-ratelimit-limit-${unit}`] = String(rate.limit)
    headers[`x-ratelimit-remaining-${unit}`] = String(rate.remaining)
  }
  return headers
}

type Counted = ReturnType<AuthDeps['access']['limits']['countRequest']>

/** @throws RouterError `rate_limit_exceeded`; the headers with the remaining limits are set then, too */
const countRequest = (c: AppContext, deps: AuthDeps, principal: Principal): Counted => {
  try {
    return deps.access.limits.countRequest(principal)
  } catch (error) {
    for (const [name, value] of Object.entries(rateHeaders(deps, principal))) c.header(name, value)
    throw error
  }
}

/** Whether the key's own limit of tokens or budget refused the request, not a provider's. */
const isOverLimit = (error: unknown): boolean =>
  error instanceof RouterError && typeof error.details.limit === 'string'

/** Sets `principal`, which is present in every handler except those of public routes. */
export const auth = (deps: AuthDeps, routes: RouteAccessTable): Middleware =>
  async function auth(c, next) {
    const access = accessOfRequest(c, deps, routes)
    if (access === 'public') {
      const known = await authenticateQuietly(c, deps)
      if (known) c.set('principal', known)
      return next()
    }
    const principal = await authenticate(c, deps)
    c.set('principal', principal)
    if (principal.id === LOCAL_PRINCIPAL.id) refuseForeignPages(c, deps)
    if (access !== 'any' && !hasRole(principal, access)) {
      throw new RouterError('permission_denied', `This needs a key with the role ${access}.`)
    }
    const counted = isCounted(access, c) ? countRequest(c, deps, principal) : null
    await addHeaders(c, next, () => {
      if (isOverLimit(c.error)) counted?.takeBack()
      return rateHeaders(deps, principal)
    })
  }
