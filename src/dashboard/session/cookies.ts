// The dashboard's cookies: the session's, which no script reads, and two preferences that scripts write.
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { hostOf, isLoopbackHost } from '../../core/loopback.ts'
import { type DeskEnv, THEMES, type Theme } from '../request/desk.ts'
import { SESSION_MS, type Session } from '../request/sessions.ts'

type DeskContext = Context<DeskEnv>

const SESSION = 'signalbox_session'
const PATH = '/dashboard'

/** On the machine itself there is no TLS; anywhere else a session must not travel without. */
export const isSecure = (c: DeskContext): boolean =>
  !isLoopbackHost(hostOf(c.req.header('host') ?? '')) ||
  c.req.header('x-forwarded-proto') === 'https'

const attributes = (c: DeskContext) => ({
  path: PATH,
  httpOnly: true,
  sameSite: 'Strict' as const,
  secure: isSecure(c),
})

export const giveSession = (c: DeskContext, { id }: Session): void =>
  setCookie(c, SESSION, id, { ...attributes(c), maxAge: SESSION_MS / 1_000 })

export const takeSession = (c: DeskContext): void => void deleteCookie(c, SESSION, attributes(c))

export const sessionIdOf = (c: DeskContext): string | null => getCookie(c, SESSION) ?? null

export const themeOf = (c: DeskContext): Theme => {
  const given = getCookie(c, 'signalbox_theme')
  return THEMES.find((theme) => theme === given) ?? 'auto'
}

const isZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** The viewer's time zone; UTC until the browser has sent it. */
export const zoneOf = (c: DeskContext): string => {
  const given = getCookie(c, 'signalbox_zone')?.slice(0, 64)
  return given !== undefined && isZone(given) ? given : 'UTC'
}
