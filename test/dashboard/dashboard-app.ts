// The dashboard in process, over keys that are real and a store that holds nothing.
import { createDashboard } from '../../src/dashboard/dashboard.tsx'
import { createActivity } from '../../src/dashboard/request/activity.ts'
import type { DashboardDeps } from '../../src/dashboard/request/deps.ts'
import { createSessions } from '../../src/dashboard/request/sessions.ts'
import { RouterError } from '../../src/errors.ts'
import { createApp } from '../../src/http/app.ts'
import { createLintRuns } from '../../src/training/reports/lint-runs.ts'
import { createKeyedApp } from '../support/keyed-app.ts'

/** Answers every list with nothing. */
const emptyStore = (changes: Partial<DashboardDeps['store']>): DashboardDeps['store'] =>
  new Proxy(changes as DashboardDeps['store'], {
    get: (known, name: keyof DashboardDeps['store']) => known[name] ?? (async () => []),
  })

/** Takes nothing. */
const fakeEdits = (): DashboardDeps['edits'] => {
  const refuse = async (): Promise<never> => {
    throw new RouterError('not_found', 'This fake has no exemplars.')
  }
  return { add: refuse, move: refuse, moveAll: refuse, remove: refuse, edits: () => [] }
}

export const createDashboardApp = async (
  store: Partial<DashboardDeps['store']> = {},
  changes: Partial<DashboardDeps> = {},
) => {
  const { deps, add } = await createKeyedApp()
  const clock = { nowMs: Date.now() }
  const now = () => clock.nowMs
  const sessions = createSessions({ now })
  const own: DashboardDeps = {
    ...deps,
    now,
    sessions,
    store: emptyStore(store),
    activity: createActivity(),
    live: () => null,
    modelHealth: () => [],
    edits: fakeEdits(),
    lint: createLintRuns({ run: () => Promise.reject(new Error('Nothing is checked here.')), now }),
    map: async () => null,
    tryOut: () => Promise.reject(new Error('Nothing is tried here.')),
    ...changes,
  }
  const app = createApp({ ...deps, now }, (pages) => {
    pages.route('/dashboard', createDashboard(own))
  })
  const get = (path: string, headers: Record<string, string> = {}) =>
    app.request(path, { headers: { host: 'localhost:8787', ...headers } })
  const post = (path: string, form: Record<string, string>, headers = {}) =>
    app.request(path, {
      method: 'POST',
      headers: { host: 'localhost:8787', ...headers },
      body: new URLSearchParams(form),
    })
  /** The session's cookie, as a browser sends it back. */
  const signIn = async (key: string, headers = {}): Promise<string> => {
    const answer = await post('/dashboard/sign-in', { key }, headers)
    return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  }
  return { app, add, get, post, signIn, clock, deps: own }
}

/** Of the page's forms. */
export const csrfIn = (html: string): string =>
  /name="csrf" value="([^"]+)"/.exec(html)?.[1] ??
  /x-csrf-token&quot;:&quot;([^&]+)/.exec(html)?.[1] ??
  ''
