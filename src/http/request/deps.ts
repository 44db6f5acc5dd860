// The dependencies of http/, which parses requests, calls these functions and serialises results; it opens no engine itself.

import type { Access } from '../../access/access.ts'
import type { ArmsAdmin } from '../../arms/arms.ts'
import type { ConfigAdmin } from '../../config/config-admin.ts'
import type { Config } from '../../config/config-schema.ts'
import type { Logger } from '../../core/logger.ts'
import type { ExemplarSource } from '../../core/types.ts'
import type { ChatBody, NativeBody } from '../../dialects/chat/upstream-request.ts'
import type { FeedbackAdmin } from '../../feedback/feedback-admin.ts'
import type { Pipeline } from '../../pipeline.ts'
import type { Receipt } from '../../receipts/receipt.ts'
import type { Embeddings } from '../../routing/embeddings.ts'
import type { Forward } from '../../routing/forwarder.ts'
import type { Store } from '../../store/store.ts'
import type { LoopWatch } from '../../telemetry/loop-watch.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { Redact } from '../../telemetry/redact.ts'
import type { BegunRequest, ServerTrace } from '../../telemetry/tracing/tracing.ts'
import type { ExemplarAccounts } from '../../training/candidates/exemplar-accounts.ts'
import type { OutcomesAdmin } from '../../training/outcomes/outcomes-admin.ts'
import type { GenerationAdmin } from '../../training/rebuild/generation-admin.ts'
import type { Replays } from '../../training/replay/background-replays.ts'
import type { ReplayOnce } from '../../training/replay/replay-request.ts'
import type { Review } from '../../training/review/review.ts'
import type { BodyBudget } from './body-budget.ts'

export interface Readiness {
  isReady: boolean
  checks: Record<string, { ok: boolean; detail: string }>
}

export type ExemplarTexts = Map<string, { text: string; source: ExemplarSource }>

/** The operations behind /admin by subject. Gateway keys are created and revoked by `access`, which also checks them. */
export interface Admin {
  /** Shadow and canary. */
  arms: ArmsAdmin
  config: ConfigAdmin
  exemplars: ExemplarAccounts
  /** Import, list and erasure of votes. */
  feedback: FeedbackAdmin
  /** Generations and rebuilds. */
  generations: GenerationAdmin
  /** Outcomes of models. */
  outcomes: OutcomesAdmin
  /** Replays stored decisions in a child process; one replay at a time. */
  replay: ReplayOnce
  /** The same in the background, for pages that show how far it is. */
  replays: Replays
  /** The review queue, searched in a child process, and rulings on its items. */
  review: Review
}

export interface HttpDeps {
  config: Config
  configVersion: string
  pipeline: Pipeline
  access: Access
  embeddings: Embeddings
  /** Passes requests of other endpoints than chat through to the named model. */
  forward: Forward
  /** Counts the tokens of a prompt without a completion; `model` is a configured id, or null for a routed request. */
  countTokens: (request: CountRequest) => Promise<{ tokens: number; isEstimated: boolean }>
  store: Pick<
    Store,
    | 'getDecision'
    | 'listDecisions'
    | 'addFeedback'
    | 'addResponse'
    | 'getResponse'
    | 'getResponseChain'
    | 'deleteResponse'
  >
  /** Exemplars of the loaded generations; unknown ids are left out. */
  exemplars: (ids: string[]) => ExemplarTexts
  /** Reproduces a stored decision in a child process. @throws RouterError `decision_not_found` */
  explainDecision: (id: string) => Promise<Receipt>
  admin: Admin
  readiness: () => Readiness
  metrics: Pick<Metrics, 'contentType' | 'text' | 'onRequest'>
  /** Starts the trace of a request; absent where tracing is off. */
  beginTrace?: (request: Omit<BegunRequest, 'providers'>) => ServerTrace
  logger: Logger
  /** uuid v7. */
  newId: () => string
  /** Epoch milliseconds. */
  now: () => number
  isDraining: () => boolean
  loop: Pick<LoopWatch, 'enter' | 'isShedding' | 'countShed'>
  /** How much of bodies may be held at once. */
  bodies: BodyBudget
  /** Milliseconds that never jump, fractional; `performance.now` by default. */
  elapsedMs?: () => number
  /** Takes keys out of what providers said; by default only what looks like a key. */
  redact?: Redact
}

type ChatOutcome = Awaited<ReturnType<Pipeline['chat']>>
export type CacheNote = NonNullable<ChatOutcome['result']['cache']>
export type ChatReply = Extract<ChatOutcome['result'], { kind: 'reply' }>['reply']

export interface CountRequest {
  model: string | null
  body: ChatBody
  native: NativeBody
  requestId: string
  signal: AbortSignal
}
