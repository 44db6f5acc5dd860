// Who looks at the dashboard, and how: what every page, fragment and action is given beside its own query or form.
import type { Principal } from '../../core/decide/gateway-key.ts'
import type { AppEnv } from '../../http/request/app-env.ts'
import type { DashboardDeps } from './deps.ts'
import type { TimeRange } from './time-range.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export interface Desk {
  deps: DashboardDeps
  principal: Principal
  /** Viewers read, and do not act. */
  mayAct: boolean
  /** Null where nobody is signed in because nobody needs to. */
  sessionId: string | null
  csrf: string
  theme: Theme
  /** IANA name of the time zone that times are shown in. */
  zone: string
  range: TimeRange
  nowMs: number
  /** Of the page, below /dashboard. */
  path: string
  /** As it was asked for, for links that change one thing of it. */
  query: Readonly<Record<string, string>>
  /** Asked for by htmx: a fragment will do. */
  isFragment: boolean
}

export interface DeskEnv {
  Bindings: AppEnv['Bindings']
  Variables: AppEnv['Variables'] & { desk: Desk }
}
