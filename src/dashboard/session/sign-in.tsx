// Signing in with a key of the role viewer or admin, and out. The key is sent once, in a body, and kept nowhere.
import type { Context, Hono } from 'hono'
import { hasRole, LOCAL_PRINCIPAL, type Principal } from '../../core/decide/gateway-key.ts'
import { RouterError } from '../../errors.ts'
import type { DashboardDeps } from '../request/deps.ts'
import type { DeskEnv } from '../request/desk.ts'
import { Document } from '../view/layout.tsx'
import { giveSession, isSecure, takeSession, themeOf, zoneOf } from './cookies.ts'
import { readForm } from './form.ts'
import { addressOf, checkToken, sameOriginOnly, signedIn } from './guard.ts'
import { createSignInLimit, type SignInLimit } from './sign-in-limit.ts'

type DeskContext = Context<DeskEnv>

/** Only pages of our own. */
const backOf = (given: unknown): string =>
  typeof given === 'string' && /^\/dashboard(?:[/?]|$)/.test(given) ? given : '/dashboard'

const isPlainText = (c: DeskContext): boolean =>
  isSecure(c) && new URL(c.req.url).protocol === 'http:' && !c.req.header('x-forwarded-proto')

const SignInPage = ({ c, back, problem }: { c: DeskContext; back: string; problem?: string }) => (
  <Document title="Sign in" theme={themeOf(c)} zone={zoneOf(c)}>
    <body class="bare">
      <main id="main">
        <h1>Signalbox</h1>
        <p>Sign in with a gateway key of the role admin, or viewer to look only.</p>
        {problem === undefined ? null : (
          <p class="notice bad" role="alert">
            {problem}
          </p>
        )}
        {isPlainText(c) ? (
          <p class="notice warn">
            This page came without TLS: browsers keep no session for it beyond localhost.
          </p>
        ) : null}
        <form method="post" action="/dashboard/sign-in">
          <input type="hidden" name="back" value={back} />
          <label class="field">
            <span>Key</span>
            <input type="password" name="key" required autocomplete="current-password" />
          </label>
          <button type="submit" class="main">
            Sign in
          </button>
        </form>
      </main>
    </body>
  </Document>
)

const show = (c: DeskContext, status: 200 | 401 | 403 | 429, back: string, problem?: string) =>
  c.html(
    `<!doctype html>${SignInPage({ c, back, ...(problem === undefined ? {} : { problem }) })}`,
    status,
  )

/** Null where the key is not valid. @throws RouterError `store_unavailable` */
const principalOfKey = async (
  { access }: DashboardDeps,
  key: string,
): Promise<Principal | null> => {
  try {
    return await access.authenticate(key)
  } catch (error) {
    if (error instanceof RouterError && error.code === 'invalid_api_key') return null
    throw error
  }
}

const signIn = async (c: DeskContext, deps: DashboardDeps, limit: SignInLimit) => {
  const form = await readForm(c, deps)
  const back = backOf(form.back)
  const address = addressOf(c)
  const waitMs = limit.waitMs(address)
  if (waitMs > 0) {
    c.header('retry-after', String(Math.ceil(waitMs / 1_000)))
    return show(c, 429, back, 'Too many wrong keys from this address: wait a minute.')
  }
  const principal = await principalOfKey(deps, String(form.key ?? '').trim())
  if (principal === null) {
    limit.onWrong(address)
    return show(c, 401, back, 'This key is not valid: it is unknown, expired or revoked.')
  }
  if (principal.id === LOCAL_PRINCIPAL.id) return c.redirect(back, 303)
  if (!hasRole(principal, 'viewer')) {
    return show(c, 403, back, 'This key has neither the role viewer nor admin.')
  }
  giveSession(c, deps.sessions.open(principal.id))
  return c.redirect(back, 303)
}

export const mountSignIn = (app: Hono<DeskEnv>, deps: DashboardDeps): void => {
  const limit = createSignInLimit({ now: deps.now })
  app.get('/sign-in', (c) => show(c, 200, backOf(c.req.query('back'))))
  app.post('/sign-in', sameOriginOnly(), (c) => signIn(c, deps, limit))
  app.post('/sign-out', sameOriginOnly(), signedIn(deps), async (c) => {
    checkToken(c, await readForm(c, deps))
    const { sessionId } = c.get('desk')
    if (sessionId !== null) deps.sessions.close(sessionId)
    takeSession(c)
    return c.redirect('/dashboard/sign-in', 303)
  })
}
