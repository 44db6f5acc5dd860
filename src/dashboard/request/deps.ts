// Everything the dashboard is given: what http/ is given, the whole store, and the sessions, which outlive a configuration.
import type { LoadedConfig } from '../../config/load-config.ts'
import type { Principal } from '../../core/decide/gateway-key.ts'
import type { PromptMessage } from '../../core/prompt/prompt.ts'
import type { Decision, Exemplar } from '../../core/types.ts'
import type { HttpDeps } from '../../http/request/deps.ts'
import type { Store } from '../../store/store.ts'
import type { Sessions } from './sessions.ts'

export interface DashboardDeps extends Omit<HttpDeps, 'store'> {
  store: Store
  sessions: Sessions
  tryOut: TryOut
}

export interface TrialRequest {
  messages: PromptMessage[]
  principal: Principal
  /** Number of the generation to decide with; that which serves by default. */
  generation?: number
  /** Configuration to decide with; that which serves by default. */
  loaded?: LoadedConfig
  signal: AbortSignal
}

export interface Tried {
  decision: Decision
  /** Of its neighbours, by id. */
  exemplars: ReadonlyMap<string, Exemplar>
}

/** Decides as the server would and records nothing. @throws RouterError `invalid_request`, `index_invalid` */
export type TryOut = (request: TrialRequest) => Promise<Tried>
