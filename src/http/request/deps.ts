// Everything http/ is given. It parses, calls these functions and serialises; it opens no engine of its own.

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
import type { ReplayOnce } from '../../training/replay/replay-request.ts'
import type { Review } from '../../training/review/review.ts'
import type { BodyBudget } from './body-budget.ts'

export interface Readiness {
  isReady: boolean
  checks: Record<string, { ok: boolean; detail: string }>
}

export type ExemplarTexts = Map<string, { text: string; source: ExemplarSource }>

/** What /admin does, a subject each. Gateway keys are made and revoked by `access`, which checks them too. */
export interface Admin {
  /** Generations that are tried beside the serving one. */
  arms: ArmsAdmin
  config: ConfigAdmin
  exemplars: ExemplarAccounts
  /** Votes in bulk, listed and forgotten. */
  feedback: FeedbackAdmin
  /** Generations and rebuilds. */
  generations: GenerationAdmin
  /** What models have been worth. */
  outcomes: OutcomesAdmin
  /** Decides stored decisions anew, off the serving loop; one at a time. */
  replay: ReplayOnce
  /** What a person could settle, found off the serving loop, and rulings on it. */
  review: Review
}

export interface HttpDeps {
  config: Config
  configVersion: string
  pipeline: Pipeline
  access: Access
  embeddings: Embeddings
  /** What stands beside chat, passed through to the model named. */
  forward: Forward
  /** Tokens of a prompt that is not sent; `model` is a configured id, or null where it would be routed. */
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
  /** Exemplars of the live generation; ids it does not hold are left out. */
  exemplars: (ids: string[]) => ExemplarTexts
  /** Makes a stored decision again, off the serving loop. @throws RouterError `decision_not_found` */
  explainDecision: (id: string) => Promise<Receipt>
  admin: Admin
  readiness: () => Readiness
  metrics: Pick<Metrics, 'contentType' | 'text' | 'onRequest'>
  /** Begins the trace of a request; absent where nothing is traced. */
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
