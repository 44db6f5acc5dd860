// The composition root: configuration → { app, reload, drain, close }. What outlives a configuration is in parts.ts; what is
// built from one, and swapped with it, in serving.ts.

import { ADMIN_KEY_VARIABLE } from '../access/first-admin.ts'
import { readKeyStamp, touchKeyStamp } from '../access/key-stamp.ts'
import type { ConfigAdmin } from '../config/config-admin.ts'
import type { Config } from '../config/config-schema.ts'
import type { DataPaths } from '../config/data-paths.ts'
import { configFilePath, type LoadedConfig } from '../config/load-config.ts'
import type { ReplayConfig } from '../config/plan-config.ts'
import { createReloader, type Reloader } from '../config/reloader.ts'
import type { Logger } from '../core/logger.ts'
import type { App } from '../http/request/app-env.ts'
import type { LoopWatch } from '../telemetry/loop-watch.ts'
import { createKeyOrigins } from '../upstream/registry/key-origins.ts'
import { createAdmin } from './admin.ts'
import type { BegunEncoder } from './begin-encoder.ts'
import { liveConfig } from './live-config.ts'
import { newId } from './new-id.ts'
import { createOutcomeWatch } from './outcome-watch.ts'
import { closeParts, openParts, type Parts, startParts } from './parts.ts'
import { readiness } from './readiness.ts'
import type { createRoutingEngine } from './routing-engine.ts'
import { createServing, type LongLived, type Serving } from './serving.ts'

export interface Service {
  /** The serving configuration. */
  readonly config: Config
  /** The app of the serving configuration; a request under way ends with the configuration that it began with. */
  readonly app: Pick<App, 'fetch'>
  /** Resolves once prompts are routed; rejects where the encoder or the index cannot be started. */
  readonly ready: Promise<void>
  /** Reading, planning and changing the configuration, for operators. */
  readonly configAdmin: ConfigAdmin
  /** Reads the configuration again; an invalid one is logged and the old one serves on. @returns whether a new one serves */
  reload: Reloader['reload']
  /** Refuses new requests from now on. */
  drain(): void
  /** Flushes and closes everything. Safe to call twice. */
  close(): Promise<void>
}

export interface ServiceOptions {
  loaded: LoadedConfig
  paths: DataPaths
  env: NodeJS.ProcessEnv
  /** Folder of signalbox.yaml; by default the working folder. */
  cwd?: string
  logger: Logger
  /** Called with each configuration before it serves, for settings outside the service. */
  onConfig?: (config: Config) => void
  /** Begun before the service; by default it begins with it. */
  encoder?: BegunEncoder
  /** Replaces the real encoder and index in tests. */
  createEngine?: typeof createRoutingEngine
  /** Ticked by the caller; by default one that never ticks. */
  loop?: LoopWatch
  /** Replaces the replay process in tests. */
  replay?: ReplayConfig
}

/** Interval at which new votes on answers are read for the choice of models. */
const VOTES_MS = 10_000

/** The mutable state of a service. */
interface State {
  serving: Serving | null
  isDraining: boolean
  /** Null before the first configuration serves. */
  reloader: Reloader | null
}

interface Wiring {
  options: ServiceOptions
  parts: Parts
  state: State
}

/** Not called before the first configuration serves. */
const servingOf = ({ serving }: State): Serving => serving as Serving

/** Permissions of keys depend on models and routes, so they are computed again, as after a change of the keys. */
const refreshKeys = (dataDir: string): void => {
  if (readKeyStamp(dataDir) !== null) touchKeyStamp(dataDir)
}

const serveBy = (next: Serving, { options, parts, state }: Wiring): void => {
  options.onConfig?.(next.loaded.config)
  state.serving = next
  const { routes, models } = next.loaded.config
  parts.metrics.setNames({ routes: Object.keys(routes), models: Object.keys(models) })
  refreshKeys(options.paths.data)
  parts.routes.check()
}

/** @param longLived read when a configuration is built, not before */
const wireReloader = (wiring: Wiring, longLived: () => LongLived): Reloader => {
  const { options, parts, state } = wiring
  const { loaded, env, logger, cwd = process.cwd() } = options
  return createReloader({
    loaded,
    file: configFilePath({ env, cwd }),
    place: { env, cwd },
    origins: createKeyOrigins(env),
    build: (loading) => {
      const next = createServing(loading, longLived(), state.serving)
      return () => serveBy(next, wiring)
    },
    store: parts.store,
    logger,
    newId,
    now: Date.now,
  })
}

const wireLongLived = ({ options, parts, state }: Wiring, reloader: Reloader): LongLived => {
  const { env, logger, paths, replay } = options
  const config = () => servingOf(state).loaded.config
  return {
    ...parts,
    env,
    logger,
    admin: createAdmin({ parts, reloader, paths, config, replay }),
    indexDir: paths.index,
    isDraining: () => state.isDraining,
    readiness: () => readiness({ ...parts, resilience: servingOf(state).resilience, reloader }),
  }
}

const startService = async (wiring: Wiring): Promise<Service> => {
  const { options, parts, state } = wiring
  const reloader = wireReloader(wiring, () => longLived)
  state.reloader = reloader
  const longLived = wireLongLived(wiring, reloader)
  state.serving = createServing(options.loaded, longLived, null)
  await reloader.start()
  startParts(parts)
  const outcomes = createOutcomeWatch({
    config: () => servingOf(state).loaded.config,
    memory: () => servingOf(state).models.outcomes,
    store: parts.store,
    logger: options.logger,
    now: Date.now,
  })
  outcomes.start(VOTES_MS)
  let closing: Promise<void> | null = null
  return {
    get config() {
      return servingOf(state).loaded.config
    },
    app: { fetch: (...request) => servingOf(state).app.fetch(...request) },
    ready: parts.engine.ready,
    configAdmin: longLived.admin.config,
    reload: reloader.reload,
    drain: () => {
      state.isDraining = true
    },
    close: () => {
      closing ??= outcomes.stop().then(() => closeParts(parts))
      return closing
    },
  }
}

/**
 * Opens the data folder and wires everything; the encoder and the index start in the background (`ready`).
 * @throws RouterError `data_directory_in_use`, `store_unavailable`, `invalid_config`
 */
export const createService = async (options: ServiceOptions): Promise<Service> => {
  const state: State = { serving: null, isDraining: false, reloader: null }
  const parts = await openParts({
    ...options,
    adminKey: options.env[ADMIN_KEY_VARIABLE],
    config: liveConfig(() => (state.serving?.loaded ?? options.loaded).config),
    upstreamHealth: () => servingOf(state).resilience.health(),
    cacheStats: () => servingOf(state).cacheStats(),
    configProblem: () => state.reloader?.state().lastError?.message ?? null,
  })
  try {
    return await startService({ options, parts, state })
  } catch (error) {
    await closeParts(parts)
    throw error
  }
}
