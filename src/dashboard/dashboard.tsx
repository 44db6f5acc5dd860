// The dashboard as an app below /dashboard: its headers, its files, signing in, and every part of pages/pages.ts behind the guard.
import { type Context, Hono } from 'hono'
import { compress } from 'hono/compress'
import { RouterError, toRouterError } from '../errors.ts'
import { toErrorReply } from '../http/error-response.ts'
import { createRedact } from '../telemetry/redact.ts'
import { streamChanges } from './live.ts'
import { PARTS } from './pages/pages.ts'
import { checkShown } from './request/check-shown.ts'
import type { DashboardDeps } from './request/deps.ts'
import type { DeskEnv } from './request/desk.ts'
import type { Acted, Action, Data, Fragment, Page, View } from './request/part.ts'
import { readForm } from './session/form.ts'
import { checkMayAct, checkToken, sameOriginOnly, signedIn } from './session/guard.ts'
import { dashboardHeaders } from './session/headers.ts'
import { mountSignIn } from './session/sign-in.tsx'
import { sendTagged } from './session/tagged.ts'
import { address } from './view/address.ts'
import { assetAt } from './view/assets.ts'
import { Layout, type NavEntry } from './view/layout.tsx'
import { Notice } from './view/parts.tsx'
import { render } from './view/render.tsx'

type DeskContext = Context<DeskEnv>
type Dashboard = Hono<DeskEnv>

const ENTRIES: readonly NavEntry[] = PARTS.flatMap((part) =>
  part.kind === 'page' && part.nav !== undefined ? [{ label: part.nav, path: part.path }] : [],
)

type Framed = Pick<Page, 'hasRange' | 'scripts'> & { title: string }

const frame = (c: DeskContext, { title, hasRange, scripts = [] }: Framed, view: View) =>
  c.html(
    `<!doctype html>${render(
      c.get('desk'),
      <Layout title={title} entries={ENTRIES} hasRange={hasRange} scripts={scripts}>
        {view}
      </Layout>,
    )}`,
  )

const mountShown = (app: Dashboard, part: Page | Fragment, guard: Guard): void => {
  app.get(part.path, guard, async (c) => {
    const asked = checkShown(part.query, c.req.query(), c.req.param())
    const view = await part.view(c.get('desk'), asked)
    if (part.kind === 'fragment') return c.html(render(c.get('desk'), view))
    const title = typeof part.title === 'string' ? part.title : part.title(asked.params)
    return frame(c, { ...part, title }, view)
  })
}

/** The fragment, and the notice in its own place. */
const answerInPlace = (c: DeskContext, { fragment, notice }: Acted) =>
  c.html(
    render(
      c.get('desk'),
      <>
        {fragment}
        <div id="notice" role="status" hx-swap-oob="true">
          {notice === undefined ? null : <Notice tone="good">{notice}</Notice>}
        </div>
      </>,
    ),
  )

const answerActed = (c: DeskContext, acted: Acted) => {
  const { to, fragment } = acted
  if (!c.get('desk').isFragment) {
    return to === null
      ? frame(c, { title: 'Done' }, fragment ?? <></>)
      : c.redirect(address(to), 303)
  }
  if (fragment !== undefined) return answerInPlace(c, acted)
  return c.body(null, 204, { 'hx-redirect': address(to ?? '/') })
}

const mountData = (app: Dashboard, part: Data, guard: Guard): void => {
  app.get(part.path, guard, async (c) => {
    const asked = checkShown(part.query, c.req.query(), c.req.param())
    return sendTagged(c, part.type, await part.read(c.get('desk'), asked))
  })
}

const mountAction = (app: Dashboard, action: Action, guard: Guard, deps: DashboardDeps): void => {
  app.post(action.path, sameOriginOnly(), guard, async (c) => {
    const { csrf, ...fields } = await readForm(c, deps)
    checkToken(c, { csrf })
    if (action.isReading !== true) checkMayAct(c.get('desk'))
    const { query: form, params } = checkShown(action.form, fields, c.req.param())
    return answerActed(c, await action.run(c.get('desk'), { form, params }))
  })
}

type Guard = ReturnType<typeof signedIn>

const sendAsset = (c: DeskContext): Response => {
  const asset = assetAt(c.req.param('name') ?? '')
  if (asset === null) throw new RouterError('not_found', 'There is no such file.')
  const isGzip = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
  return c.body(isGzip ? asset.gzip : asset.bytes, 200, {
    'content-type': asset.type,
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
    ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
  })
}

const answerError = (error: Error, c: DeskContext, redact: DashboardDeps['redact']) => {
  const cause = toRouterError(error)
  const requestId = c.get('requestId')
  const { body, status } = toErrorReply(cause, { requestId, redact: redact ?? createRedact() })
  c.status(status as 400)
  const desk = c.get('desk')
  const message = <Notice tone="bad">{body.error.message}</Notice>
  if (desk === undefined) return c.text(`${body.error.message}\n`)
  if (!desk.isFragment) return frame(c, { title: 'Not done' }, message)
  // It takes the place of the notice, and must be found by the next one.
  return c.html(
    render(
      desk,
      <div id="notice" role="status">
        {message}
      </div>,
    ),
  )
}

export const createDashboard = (deps: DashboardDeps): Dashboard => {
  const app: Dashboard = new Hono<DeskEnv>()
  const guard = signedIn(deps)
  app.use(dashboardHeaders())
  app.use(compress({ encoding: 'gzip' }))
  app.get('/assets/:name', sendAsset)
  app.use(async function keepNothing(c, next) {
    await next()
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  })
  mountSignIn(app, deps)
  app.get('/live', guard, (c) => streamChanges(c, deps))
  for (const part of PARTS) {
    if (part.kind === 'action') mountAction(app, part, guard, deps)
    else if (part.kind === 'data') mountData(app, part, guard)
    else mountShown(app, part, guard)
  }
  app.all('*', guard, () => {
    throw new RouterError('not_found', 'There is no page of this address.')
  })
  app.onError((error, c) => answerError(error, c, deps.redact))
  return app
}
