// Who may look, and who may act. With keys: a session that was opened with one of the role viewer or admin, and which ends with
// the key. Without keys, on loopback: everyone on this machine. Whatever changes something also needs the session's token and
// must come from a page of this very origin.
import type { Context, MiddlewareHandler } from 'hono'
import { hasRole, LOCAL_PRINCIPAL, type Principal } from '../../core/decide/gateway-key.ts'
import { hostOf } from '../../core/loopback.ts'
import { RouterError } from '../../errors.ts'
import { comesFromForeignPage, namesForeignHost } from '../../http/middleware/web-pages.ts'
import type { AppContext } from '../../http/request/app-env.ts'
import type { DashboardDeps } from '../request/deps.ts'
import type { Desk, DeskEnv } from '../request/desk.ts'
import { isSameSecret, unmaskToken } from '../request/sessions.ts'
import { timeRange } from '../request/time-range.ts'
import { sessionIdOf, themeOf, zoneOf } from './cookies.ts'

type DeskContext = Context<DeskEnv>

interface Entry {
  principal: Principal
  sessionId: string | null
  csrf: string
}

const isOpenTo = (access: DashboardDeps['access']): Promise<Principal | null> =>
  access.authenticate(null).catch((error: unknown) => {
    if (error instanceof RouterError && error.code === 'invalid_api_key') return null
    throw error
  })

/** @throws RouterError `permission_denied` where a web page of elsewhere asks for the pages of a server without keys */
const enterOpen = (c: DeskContext, { sessions }: DashboardDeps): Entry => {
  const context = c as unknown as AppContext
  if (namesForeignHost(context) || comesFromForeignPage(context)) {
    throw new RouterError(
      'permission_denied',
      'Without keys the dashboard opens only on this machine, by the name of localhost. Make a key with: signalbox keys create --role admin --name NAME',
    )
  }
  return { principal: LOCAL_PRINCIPAL, sessionId: null, csrf: sessions.localCsrf }
}

/** Null where nobody is signed in, or no longer may be. @throws RouterError `store_unavailable` */
const enter = async (c: DeskContext, deps: DashboardDeps): Promise<Entry | null> => {
  const { access, sessions } = deps
  if (await isOpenTo(access)) return enterOpen(c, deps)
  const session = sessions.find(sessionIdOf(c) ?? '')
  if (session === null) return null
  const principal = await access.recall(session.keyId)
  if (principal !== null && hasRole(principal, 'viewer')) {
    return { principal, sessionId: session.id, csrf: session.csrf }
  }
  sessions.close(session.id)
  return null
}

const queryOf = (c: DeskContext): Record<string, string> => c.req.query()

const toDesk = (c: DeskContext, deps: DashboardDeps, entry: Entry): Desk => {
  const nowMs = deps.now()
  return {
    deps,
    ...entry,
    mayAct: hasRole(entry.principal, 'admin'),
    theme: themeOf(c),
    zone: zoneOf(c),
    range: timeRange(c.req.query('range'), nowMs),
    nowMs,
    path: c.req.path.slice('/dashboard'.length) || '/',
    query: queryOf(c),
    isFragment: c.req.header('hx-request') === 'true',
  }
}

const signInAddress = (c: DeskContext): string => {
  const { pathname, search } = new URL(c.req.url)
  const back = c.req.method === 'GET' && pathname !== '/dashboard' ? pathname + search : ''
  return `/dashboard/sign-in${back === '' ? '' : `?back=${encodeURIComponent(back)}`}`
}

/** Sets `desk`; whoever is not signed in is sent to where one signs in. */
export const signedIn = (deps: DashboardDeps): MiddlewareHandler<DeskEnv> =>
  async function signedIn(c, next) {
    const entry = await enter(c, deps)
    if (entry !== null) {
      c.set('desk', toDesk(c, deps, entry))
      c.set('principal', entry.principal)
      return next()
    }
    if (c.req.header('hx-request') === 'true') {
      return c.body(null, 401, { 'hx-redirect': '/dashboard/sign-in' })
    }
    return c.redirect(signInAddress(c), 303)
  }

const hostOfOrigin = (origin: string): string | null =>
  URL.canParse(origin) ? new URL(origin).host : null

/** Also the port, as each port is an origin of its own; the scheme may be a proxy's. */
const isSameOrigin = (c: DeskContext): boolean => {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  const origin = c.req.header('origin')
  if (origin === undefined) return true
  const host = c.req.header('host') ?? new URL(c.req.url).host
  const given = hostOfOrigin(origin)
  // A default port may be written or not.
  return given !== null && (given === host || `${given}:${portOf(origin)}` === host)
}

const portOf = (origin: string): number => (origin.startsWith('https:') ? 443 : 80)

/** @throws RouterError `permission_denied` */
export const sameOriginOnly = (): MiddlewareHandler<DeskEnv> =>
  async function sameOriginOnly(c, next) {
    if (isSameOrigin(c)) return next()
    throw new RouterError('permission_denied', 'This form was sent by a page of another origin.')
  }

/** @throws RouterError `permission_denied` where a form that was read, or its header, lacks the session's token */
export const checkToken = (c: DeskContext, form: Readonly<Record<string, unknown>>): void => {
  const given = c.req.header('x-csrf-token') ?? form.csrf
  if (typeof given === 'string' && isSameSecret(unmaskToken(given), c.get('desk').csrf)) return
  throw new RouterError('permission_denied', 'This page is out of date: load it again.')
}

/** @throws RouterError `permission_denied` */
export const checkMayAct = ({ mayAct }: Pick<Desk, 'mayAct'>): void => {
  if (!mayAct) throw new RouterError('permission_denied', 'This needs a key with the role admin.')
}

/** Behind a proxy that of the proxy. */
export const addressOf = (c: DeskContext): string =>
  c.env?.incoming?.socket?.remoteAddress ?? hostOf(c.req.header('host') ?? '')
