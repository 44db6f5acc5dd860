// Protects a server without keys from web pages in its user's browser (CSRF and DNS rebinding): browsers name the requesting page
// (Origin, Sec-Fetch-Site), a rebound name appears in Host, and no page can send application/json to another origin without a
// preflight.
import { hostOf, isLoopbackHost } from '../../core/loopback.ts'
import { RouterError } from '../../errors.ts'
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'

const JSON_TYPE = /^application\/(?:[\w.+-]{1,60}\+)?json[ \t]*(?:;|$)/i

const originHost = (origin: string): string =>
  URL.canParse(origin) ? new URL(origin).hostname : ''

const PLAIN_HOST = /^[a-z0-9.-]+(?::\d{1,5})?$/

/** Also checks the host of a request target in absolute form, which takes precedence. */
export const namesForeignHost = (c: AppContext): boolean => {
  const host = c.req.header('host')
  if (host !== undefined && !isLoopbackHost(hostOf(host))) return true
  // The usual case, in which parsing the whole target would tell the same host again.
  const isOfHost =
    host !== undefined && PLAIN_HOST.test(host) && c.req.url.startsWith(`http://${host}/`)
  return !isOfHost && !isLoopbackHost(new URL(c.req.url).hostname)
}

/** A followed link only shows the page to the user; the linking page learns nothing. */
const isFollowedLink = (c: AppContext): boolean =>
  c.req.method === 'GET' &&
  c.req.header('sec-fetch-mode') === 'navigate' &&
  c.req.header('sec-fetch-dest') === 'document'

export const comesFromForeignPage = (c: AppContext): boolean => {
  const origin = c.req.header('origin')
  if (origin !== undefined && !isLoopbackHost(originHost(origin))) return true
  return c.req.header('sec-fetch-site') === 'cross-site' && !isFollowedLink(c)
}

const isOwnPage = (c: AppContext): boolean => {
  const origin = c.req.header('origin')
  const site = c.req.header('sec-fetch-site')
  const isSameOrigin = origin === undefined || origin === new URL(c.req.url).origin
  return isSameOrigin && (site === undefined || site === 'same-origin' || site === 'none')
}

/** Whether a page could send this without a preflight: a POST with another content type or none. */
const mayBeUnasked = (c: AppContext): boolean => {
  if (c.req.method !== 'POST') return false
  const type = c.req.header('content-type')
  return type === undefined ? !isOwnPage(c) : !JSON_TYPE.test(type)
}

/**
 * Applies to callers without a key.
 * @throws RouterError `permission_denied`; `invalid_request` for a body that is not sent as JSON
 */
export const refuseForeignPages = (c: AppContext, { config }: Pick<HttpDeps, 'config'>): void => {
  const isAllowed = config.server.cors.origins.includes(c.req.header('origin') ?? '')
  if (namesForeignHost(c) || (!isAllowed && comesFromForeignPage(c))) {
    throw new RouterError(
      'permission_denied',
      'Without keys this server answers only its own machine, by the name of localhost and to no web page of elsewhere. Make a key with: signalbox keys create; a page that may use it is named in server.cors.origins.',
    )
  }
  if (!mayBeUnasked(c)) return
  throw new RouterError(
    'invalid_request',
    'Without keys this server takes only JSON: send the header content-type: application/json.',
    { param: 'content-type' },
  )
}
