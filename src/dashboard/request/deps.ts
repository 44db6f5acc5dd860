// Everything the dashboard is given: what http/ is given, the whole store, and the sessions, which outlive a configuration.
import type { HttpDeps } from '../../http/request/deps.ts'
import type { Store } from '../../store/store.ts'
import type { Sessions } from './sessions.ts'

export interface DashboardDeps extends Omit<HttpDeps, 'store'> {
  store: Store
  sessions: Sessions
}
