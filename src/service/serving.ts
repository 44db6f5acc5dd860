// One configuration in service: providers, pipeline and HTTP app over the parts that survive a reload (store, engine, keys, metrics).
// A reload builds another and swaps it; requests under way end on the one that they began with.

import { performance } from 'node:perf_hooks'
import type { LoadedConfig } from '../config/load-config.ts'
import type { Logger } from '../core/logger.ts'
import { createDashboard } from '../dashboard/dashboard.tsx'
import type { UpstreamTarget } from '../dialects/chat/upstream-request.ts'
import { createFeedbackAdmin, type FeedbackAdmin } from '../feedback/feedback-admin.ts'
import { type AddPages, createApp } from '../http/app.ts'
import type { App } from '../http/request/app-env.ts'
import type { Admin, HttpDeps, Readiness } from '../http/request/deps.ts'
import { createPipeline, type Pipeline } from '../pipeline.ts'
import { createCountedEmbeddings } from '../routing/counted-embeddings.ts'
import { createEmbeddings } from '../routing/embeddings.ts'
import { createForwarder } from '../routing/forwarder.ts'
import type { ModelMemory } from '../routing/model-memory.ts'
import { createRecordCompletion } from '../routing/record-completion.ts'
import type { SessionMemory } from '../routing/session-memory.ts'
import { createRedact } from '../telemetry/redact.ts'
import { createExemplarAccounts } from '../training/candidates/exemplar-accounts.ts'
import { createOutcomesAdmin } from '../training/outcomes/outcomes-admin.ts'
import { createCachedCall } from '../upstream/cache/cached-call.ts'
import { createCallUpstream } from '../upstream/call/call.ts'
import { createCountTokens } from '../upstream/provider/count-tokens.ts'
import { createUpstreams } from '../upstream/registry/registry.ts'
import { createResilience, type Resilience } from '../upstream/resilience/resilience.ts'
import type { Upstream } from '../upstream/upstream.ts'
import type { LongLivedAdmin } from './admin.ts'
import { digest, preciseNow } from './clock-and-digest.ts'
import { toDashboardDeps } from './dashboard-deps.ts'
import { createDryRouter } from './dry-router.ts'
import { createEmbedRow } from './embed-row.ts'
import { memoriesFor } from './memories.ts'
import { newId } from './new-id.ts'
import type { Parts } from './parts.ts'
import { providerSecrets } from './provider-secrets.ts'
import { toTargets } from './targets.ts'
import { beginTraces } from './traced-providers.ts'

/** The parts that survive a reload. */
export interface LongLived
  extends Pick<
    Parts,
    | 'store'
    | 'access'
    | 'engine'
    | 'metrics'
    | 'alerts'
    | 'arms'
    | 'explainer'
    | 'implicit'
    | 'loop'
    | 'bodies'
    | 'tracing'
    | 'sessions'
    | 'trials'
    | 'deskMap'
    | 'activity'
    | 'edits'
    | 'lint'
  > {
  env: NodeJS.ProcessEnv
  logger: Logger
  admin: LongLivedAdmin
  /** Folder of the generations. */
  indexDir: string
  isDraining: () => boolean
  readiness: () => Readiness
}

export interface Serving {
  readonly loaded: LoadedConfig
  readonly app: App
  readonly resilience: Resilience
  readonly sessions: SessionMemory
  readonly models: ModelMemory
  cacheStats(): { entries: number; bytes: number }
}

interface Providers {
  /** By provider name. */
  upstreams: Record<string, Upstream>
  /** By configured model id. */
  targets: Record<string, UpstreamTarget>
  resilience: Resilience
}

const wireProviders = (
  { config }: LoadedConfig,
  { env, logger }: LongLived,
  previous: Serving | null,
): Providers => ({
  upstreams: createUpstreams({
    providers: config.providers,
    models: config.models,
    env,
    resilience: config.resilience,
    limits: config.limits,
    logger,
  }),
  targets: toTargets(config.models),
  resilience: createResilience({ config, logger, previous: previous?.resilience ?? null }),
})

interface ServingParts extends LongLived, Providers {
  loaded: LoadedConfig
  turns: SessionMemory
  models: ModelMemory
}

const wireRecordCompletion = ({
  store,
  targets,
  metrics,
  alerts,
  implicit,
  activity,
}: ServingParts) =>
  createRecordCompletion({
    store,
    targets,
    now: preciseNow,
    onCompletion: (decision, completion) => {
      metrics.onCompletion(decision, completion)
      alerts.tally.onCompletion(decision, completion)
      implicit.completed(decision.id, completion.outcome)
      activity.note()
    },
  })

const wirePipeline = (
  parts: ServingParts,
): Pick<Serving, 'cacheStats'> & { pipeline: Pipeline } => {
  const { loaded, upstreams, targets, resilience, store, engine, metrics } = parts
  const { config, version } = loaded
  const callUpstream = createCallUpstream({ upstreams, targets, resilience, now: preciseNow })
  const cached = createCachedCall(callUpstream, {
    config,
    upstreams,
    targets,
    dimensions: engine.sentences.dimensions,
    now: preciseNow,
    onCache: metrics.onCache,
  })
  const pipeline = createPipeline({
    config,
    configVersion: version,
    classify: engine.classify,
    callUpstream: cached.call,
    store,
    recordCompletion: wireRecordCompletion(parts),
    onDecision: (decision) => {
      metrics.onDecision(decision)
      parts.alerts.tally.onDecision(decision)
      parts.activity.note()
    },
    digest,
    newId,
    now: preciseNow,
    sessions: parts.turns,
    models: parts.models,
    facts: { pace: (model) => resilience.targetHealth(model).pace() },
    ...(config.training.feedback.implicit && { onTurn: parts.implicit.observe }),
    chooseArm: parts.arms.choose,
    onAnswered: parts.arms.offer,
  })
  return { pipeline, cacheStats: cached.stats }
}

const wireFeedbackAdmin = (
  { config, version }: LoadedConfig,
  longLived: LongLived,
): FeedbackAdmin => {
  const { store, engine, implicit, indexDir } = longLived
  const ids = { newId, now: preciseNow }
  const { classify } = engine
  return createFeedbackAdmin({
    config,
    routes: Object.keys(config.routes),
    store,
    indexDir,
    route: createDryRouter({ config, configVersion: version, classify, digest, ...ids }),
    forgetInMemory: implicit.forget,
    ...ids,
  })
}

/** The operations behind /admin, three of which depend on the configuration. */
const wireAdmin = (loaded: LoadedConfig, longLived: LongLived): Admin => {
  const { config } = loaded
  const { store, engine } = longLived
  return {
    ...longLived.admin,
    exemplars: createExemplarAccounts({ config, store, newId, now: Date.now }),
    feedback: wireFeedbackAdmin(loaded, longLived),
    outcomes: createOutcomesAdmin({
      config,
      store,
      embed: createEmbedRow(engine),
      now: Date.now,
    }),
  }
}

const wireEmbeddings = (
  { config }: LoadedConfig,
  { engine, metrics }: LongLived,
  providers: ReturnType<typeof wireProviders>,
) =>
  createCountedEmbeddings({
    embeddings: createEmbeddings({ config, encoder: engine.sentences, ...providers }),
    onEmbedding: metrics.onEmbedding,
    now: () => performance.now(),
  })

interface HttpParts extends LongLived, Providers {
  loaded: LoadedConfig
  pipeline: Pipeline
}

const wireHttp = (parts: HttpParts): HttpDeps => {
  const { loaded, engine } = parts
  const { config } = loaded
  return {
    config,
    configVersion: loaded.version,
    pipeline: parts.pipeline,
    access: parts.access,
    countTokens: createCountTokens(parts),
    forward: createForwarder(parts),
    embeddings: wireEmbeddings(loaded, parts, parts),
    store: parts.store,
    exemplars: engine.exemplars,
    explainDecision: parts.explainer.explain,
    admin: wireAdmin(loaded, parts),
    readiness: parts.readiness,
    metrics: parts.metrics,
    ...beginTraces(config.providers, parts.tracing),
    logger: parts.logger,
    newId,
    now: Date.now,
    isDraining: parts.isDraining,
    loop: parts.loop,
    bodies: parts.bodies,
    redact: createRedact(providerSecrets(config, parts.env)),
  }
}

const wireDashboard = (
  deps: HttpDeps,
  parts: LongLived & Providers & { loaded: LoadedConfig },
): AddPages | null => {
  if (!deps.config.dashboard.enabled) return null
  return (app) => void app.route('/dashboard', createDashboard(toDashboardDeps(deps, parts)))
}

/**
 * Wires a configuration without serving it yet.
 * @param previous the serving one, from which the health of unchanged providers and the session memory are taken over
 * @throws RouterError `invalid_config` where a provider's key is missing, or an address is not allowed
 */
export const createServing = (
  loaded: LoadedConfig,
  longLived: LongLived,
  previous: Serving | null,
): Serving => {
  const providers = wireProviders(loaded, longLived, previous)
  const { sessions, models } = memoriesFor(loaded, previous)
  const parts = { ...longLived, ...providers, loaded, turns: sessions, models }
  const { pipeline, cacheStats } = wirePipeline(parts)
  const deps = wireHttp({ ...longLived, ...providers, loaded, pipeline })
  const app = createApp(deps, wireDashboard(deps, { ...longLived, ...providers, loaded }))
  return { loaded, app, resilience: providers.resilience, sessions, models, cacheStats }
}
