// The parts that outlive a configuration: the data folder, the engine, and what works in the background on both.

import { type ArmsService, createArms } from '../arms/arms.ts'
import type { Config } from '../config/config-schema.ts'
import type { DataPaths } from '../config/data-paths.ts'
import { programVersion } from '../config/program-version.ts'
import type { Severity } from '../core/alerting/alert.ts'
import type { Logger } from '../core/logger.ts'
import { type Activity, createActivity } from '../dashboard/request/activity.ts'
import { createSessions, type Sessions } from '../dashboard/request/sessions.ts'
import { createImplicitFeedback, type ImplicitFeedback } from '../feedback/implicit.ts'
import { type BodyBudget, createBodyBudget } from '../http/request/body-budget.ts'
import { createExplainer, type Explainer } from '../receipts/explainer.ts'
import { createRetention, type Retention } from '../store/retention.ts'
import { createLoopWatch, type LoopWatch } from '../telemetry/loop-watch.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import type { OperatorState } from '../telemetry/operator-gauges.ts'
import { tracingSettings } from '../telemetry/tracing/settings.ts'
import { openTracing, type Tracing } from '../telemetry/tracing/tracing.ts'
import { createExemplarEdits, type ExemplarEdits } from '../training/exemplars/edit-exemplars.ts'
import { openEditJournal } from '../training/exemplars/edit-journal.ts'
import { createShape } from '../training/exemplars/shape.ts'
import {
  createGenerationService,
  type GenerationService,
} from '../training/rebuild/generation-admin.ts'
import type { LintRuns } from '../training/reports/lint-runs.ts'
import type { Resilience } from '../upstream/resilience/resilience.ts'
import { type Alerts, createAlerts } from './alert-sources.ts'
import type { BegunEncoder } from './begin-encoder.ts'
import { digest, preciseNow } from './clock-and-digest.ts'
import { createDeskMap } from './desk-map.ts'
import { createEmbedRow } from './embed-row.ts'
import { createLint } from './lint-runs.ts'
import { newId } from './new-id.ts'
import { type OpenedData, openData } from './open-data.ts'
import { createRouteWatch, type RouteWatch } from './route-watch.ts'
import { createRoutingEngine, type RoutingEngine } from './routing-engine.ts'
import { createTrials, type Trials } from './trials.ts'

const HOUR_MS = 3_600_000
/** Interval at which the marker of the database is updated; a database that is lost earlier is not noticed. */
const LOOK_MS = 5_000

export interface PartsOptions {
  /** The serving configuration (live). */
  config: Config
  paths: DataPaths
  /** Admin key from the environment, for the first start. */
  adminKey?: string | undefined
  /** Holds the addresses that alerts are sent to. */
  env: NodeJS.ProcessEnv
  /** Why the configuration file was refused; null where it serves. */
  configProblem: () => string | null
  logger: Logger
  /** Statistics of the serving configuration's answer cache. */
  cacheStats: () => { entries: number; bytes: number }
  /** Health of the serving configuration's providers. */
  upstreamHealth: () => ReturnType<Resilience['health']>
  /** Begun earlier by the caller; by default it begins once the data folder is open. */
  encoder?: BegunEncoder | undefined
  /** Replaces the real encoder and index in tests. */
  createEngine?: typeof createRoutingEngine
  /** Ticked by the caller; by default one that never ticks. */
  loop?: LoopWatch
}

export interface Parts extends OpenedData {
  alerts: Alerts
  engine: RoutingEngine
  retention: Retention
  explainer: Explainer
  arms: ArmsService
  generations: GenerationService
  loop: LoopWatch
  bodies: BodyBudget
  metrics: Metrics
  /** Null where nothing is traced. */
  tracing: Tracing | null
  implicit: ImplicitFeedback
  routes: RouteWatch
  /** Of those who are signed in to the dashboard. */
  sessions: Sessions
  trials: Trials
  deskMap: ReturnType<typeof createDeskMap>
  /** Counts decisions and requests that ended, for pages that are looked at. */
  activity: Activity
  /** Of the training data, by people. */
  edits: ExemplarEdits
  /** Checks of the training data. */
  lint: LintRuns
}

/** @throws RouterError `data_directory_in_use`, `store_unavailable` */
export const openParts = async (options: PartsOptions): Promise<Parts> => {
  const { config, paths, adminKey, logger } = options
  const { loop = createLoopWatch({ now: () => performance.now(), logger }) } = options
  const data = await openData({ config, paths, adminKey, logger })
  const { store } = data
  const { encoder, createEngine = createRoutingEngine } = options
  const engine = createEngine({ config, paths, logger, store, encoder })
  const tracing = await openTraces(options)
  const clock = { newId, now: Date.now }
  const alerts = createAlerts({ ...options, ...clock, config: () => config, store, engine })
  const metrics = metricsOf({ ...data, engine, loop, tracing, alerts }, options)
  const { retention_days: retentionDays, evaluation_days: evaluationDays } = config.storage
  return {
    ...data,
    engine,
    loop,
    bodies: createBodyBudget(config.server),
    metrics,
    tracing,
    alerts,
    routes: createRouteWatch({ generation: engine.generation, config: () => config, logger }),
    retention: createRetention({ target: store, retentionDays, evaluationDays, logger }),
    explainer: createExplainer({ databaseFile: paths.database, indexDir: paths.index, store }),
    arms: createArms({ dir: paths.index, engine, store, config: () => config, logger }),
    generations: generationsOf({ store, engine }, options),
    implicit: implicitOf({ store, engine, metrics }, options),
    sessions: createSessions({ now: Date.now }),
    deskMap: createDeskMap({ engine, indexDir: paths.index, logger }),
    trials: createTrials({ engine, indexDir: paths.index }),
    activity: createActivity(),
    edits: await editsOf(engine, options),
    lint: createLint({ config: () => config, paths, engine, store }),
  }
}

const openTraces = ({ config, env, logger }: PartsOptions): Promise<Tracing | null> =>
  openTracing({
    choice: tracingSettings(config.telemetry.otel, env),
    version: programVersion(),
    logger,
    now: preciseNow,
  })

/** By severity, also those of which none fires. */
const countFiring = ({ watch }: Alerts): Record<Severity, number> => {
  const firing = { info: 0, warning: 0, critical: 0 }
  for (const { severity } of watch.firing()) firing[severity] += 1
  return firing
}

type Measured = Pick<
  Parts,
  'store' | 'losses' | 'engine' | 'loop' | 'tracing' | 'alerts' | 'access'
>

const operatorState = (
  { alerts, access }: Measured,
  { cacheStats, configProblem }: PartsOptions,
): Omit<OperatorState, 'version'> => ({
  budgets: access.budgetUse(),
  alerts: countFiring(alerts),
  isConfigRefused: configProblem() !== null,
  cache: cacheStats(),
  ...alerts.events,
})

const metricsOf = (measured: Measured, options: PartsOptions): Metrics => {
  const { store, losses, engine, loop, tracing } = measured
  const { config, upstreamHealth } = options
  const version = programVersion()
  return createMetrics({
    routes: Object.keys(config.routes),
    models: Object.keys(config.models),
    storeStats: store.stats,
    storeIsLost: () => losses.loss() !== null,
    indexGeneration: () => engine.generation()?.number ?? null,
    encoderStats: engine.encoderStats,
    upstreamHealth,
    loopStats: loop.stats,
    ...(tracing && { spanStats: tracing.stats }),
    operatorState: () => ({ version, ...operatorState(measured, options) }),
  })
}

const generationsOf = (
  { store, engine }: Pick<Parts, 'store' | 'engine'>,
  { config, paths, logger }: PartsOptions,
): GenerationService =>
  createGenerationService({
    config: () => config,
    paths,
    engine,
    store,
    newId,
    now: Date.now,
    logger,
  })

const editsOf = async (
  engine: RoutingEngine,
  { config, paths, logger }: PartsOptions,
): Promise<ExemplarEdits> => {
  const embed = createEmbedRow(engine)
  return createExemplarEdits({
    dir: paths.trainingData,
    routes: () => Object.keys(config.routes),
    live: () => {
      const { exemplars, vectors, manifest } = engine.generation() ?? {}
      if (!exemplars || !vectors || !manifest) return null
      const { searchDimensions, createdAtMs: builtAtMs } = manifest
      return { exemplars, vectors, searchDimensions, builtAtMs }
    },
    embed: async (text) => (await embed(createShape(config.encoder.max_chars)(text).text)).row,
    journal: await openEditJournal(paths.index, logger),
    now: Date.now,
  })
}

const implicitOf = (
  { store, engine, metrics }: Pick<Parts, 'store' | 'engine' | 'metrics'>,
  { config, logger }: PartsOptions,
): ImplicitFeedback =>
  createImplicitFeedback({
    maxSessions: config.conversation.max_sessions,
    store,
    dimensions: engine.sentences.dimensions,
    digest,
    newId,
    now: preciseNow,
    onVote: metrics.onImplicitVote,
    logger,
  })

/** Starts the background work; call it once a configuration serves. */
export const startParts = (parts: Parts): void => {
  const { engine, routes, retention, losses, generations, arms, alerts } = parts
  void engine.ready.then(routes.check, () => undefined)
  retention.start(HOUR_MS)
  losses.start(LOOK_MS)
  generations.start()
  arms.start()
  alerts.watch.start()
}

/** Closes writers first, and the store and its lock last. */
export const closeParts = async (parts: Parts): Promise<void> => {
  parts.deskMap.close()
  await parts.implicit.flush()
  await parts.alerts.watch.close()
  await parts.generations.close()
  await parts.arms.close()
  await parts.explainer.close()
  await parts.retention.stop()
  await parts.engine.close()
  await parts.access.close()
  await parts.tracing?.close()
  await parts.losses.stop()
  await parts.store.close()
  parts.lock.release()
}
