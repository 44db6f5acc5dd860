// Everything the dashboard is given: what http/ is given, the whole store, the sessions, which outlive a configuration, and what
// is shown of engines as plain values.
import type { LoadedConfig } from '../../config/load-config.ts'
import type { Principal } from '../../core/decide/gateway-key.ts'
import type { LearnedOutcomes } from '../../core/outcomes/learned-outcomes.ts'
import type { PromptMessage } from '../../core/prompt/prompt.ts'
import type { Decision, Exemplar, Neighbour } from '../../core/types.ts'
import type { HttpDeps } from '../../http/request/deps.ts'
import type { Store } from '../../store/store.ts'
import type { ExemplarEdits } from '../../training/exemplars/edit-exemplars.ts'
import type { LintRuns } from '../../training/reports/lint-runs.ts'
import type { Activity } from './activity.ts'
import type { Sessions } from './sessions.ts'

/** The generation that serves, as far as pages show it. */
export interface LiveGeneration {
  number: number
  exemplars: readonly Exemplar[]
  manifest: {
    createdAtMs: number
    heldOut: Record<string, number> | null
    classifier: { thresholds: Record<string, number> }
  }
  /** Absent where no route chooses by them. */
  outcomes?: LearnedOutcomes
}

/** How a model's provider does now. */
export interface ModelHealth {
  model: string
  provider: string
  breaker: 'closed' | 'open' | 'half_open'
  /** In a row. */
  failures: number
  /** Until it may be called; 0: now. */
  waitMs: number
  /** Null where the provider did not say. */
  remainingRequests: number | null
  remainingTokens: number | null
  /** Of the latest calls; null where nothing is known. */
  firstTokenMs: number | null
  tokensPerSecond: number | null
}

export interface DashboardDeps extends Omit<HttpDeps, 'store'> {
  store: Store
  sessions: Sessions
  tryOut: TryOut
  map: MapSource
  /** Counts what live pages show. */
  activity: Activity
  /** Null until an index serves. */
  live: () => LiveGeneration | null
  modelHealth: () => ModelHealth[]
  /** Of the training data. */
  edits: ExemplarEdits
  lint: LintRuns
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

/** Exemplars of the generation that serves in two dimensions; arrays are by their position. */
export interface DeskMap {
  generation: number
  kind: 'axes' | 'layout'
  /** Whether a layout is on its way. */
  isPending: boolean
  exemplars: readonly Exemplar[]
  /** `[position × 2]`, each −1 to 1. */
  places: Float32Array
  /** How likely the fit held each one's own route unseen, or NaN; null where that is not kept. */
  unseen: Float32Array | null
  /** Cosine of each one and the nearest other; null where it is not known yet. */
  nearest: Float32Array | null
  /** Where something with these neighbours belongs; null where none is on the map. */
  place(neighbours: readonly Neighbour[]): [x: number, y: number] | null
}

/** Null where no generation serves. */
export type MapSource = (kind: DeskMap['kind']) => Promise<DeskMap | null>
