// The composition root: configuration → { app, reload, drain, close }. What outlives a configuration is opened here; what
// is built from one, and swapped with it, in site.ts.
import { v7 as uuidV7 } from 'uuid'
import { readKeyStamp, touchKeyStamp } from '../access/key-stamp.ts'
import { createArms } from '../arms/arms.ts'
import { type ConfigAdmin, createConfigAdmin } from '../config/config-admin.ts'
import type { Config } from '../config/config-schema.ts'
import type { DataPaths } from '../config/data-paths.ts'
import { configFilePath, type LoadedConfig } from '../config/load-config.ts'
import type { ReplayConfig } from '../config/plan-config.ts'
import { createReloader, type Reloader } from '../config/reloader.ts'
import type { Logger } from '../core/logger.ts'
import { createImplicitFeedback, type ImplicitFeedback } from '../feedback/implicit.ts'
import type { App } from '../http/request/app-env.ts'
import { createExplainer } from '../receipts/explainer.ts'
import { createRetention } from '../store/retention.ts'
import { createLoopWatch, type LoopWatch } from '../telemetry/loop-watch.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import { createGenerationService } from '../training/rebuild/generation-admin.ts'
import { createReplayOnce } from '../training/replay/replay-request.ts'
import { createReview } from '../training/review/review.ts'
import { createKeyOrigins } from '../upstream/registry/key-origins.ts'
import { openData } from './open-data.ts'
import { readiness } from './readiness.ts'
import { replayWith } from './replay-with.ts'
import { createRouteWatch } from './route-watch.ts'
import { createRoutingEngine } from './routing-engine.ts'
import { createSite, digest, type LongLived, preciseNow, type Site } from './serving.ts'

const HOUR_MS = 3_600_000
/** How soon the marker of the database follows what is written: a fresh one that goes before has nothing to its name. */
const LOOK_MS = 5_000

export interface Service {
  /** That serves now. */
  readonly config: Config
  /** Of the configuration that serves now; a request under way ends with the one that it began with. */
  readonly app: Pick<App, 'fetch'>
  /** Resolves once prompts are routed; rejects where the encoder or the index cannot be started. */
  readonly ready: Promise<void>
  /** What a server's operator does with configurations. */
  readonly configAdmin: ConfigAdmin
  /** Reads the configuration again; a bad one is logged, and the old one serves on. @returns whether another serves */
  reload: Reloader['reload']
  /** New work is refused from now on. */
  drain(): void
  /** Flushes and closes everything. Safe to call twice. */
  close(): Promise<void>
}

export interface ServiceOptions {
  loaded: LoadedConfig
  paths: DataPaths
  env: NodeJS.ProcessEnv
  /** Where signalbox.yaml is looked for; the working folder by default. */
  cwd?: string
  logger: Logger
  /** Told of each configuration before it serves: what depends on it beyond the service. */
  onConfig?: (config: Config) => void
  /** Stands in for the real encoder and index in tests. */
  createEngine?: typeof createRoutingEngine
  /** Ticked by its maker; by default one that never ticks. */
  loop?: LoopWatch
  /** Stands in for the replay's process in tests. */
  replay?: ReplayConfig
}

/**
 * The configuration that serves now, whenever a key is read: for what outlives configurations. Its parts are read at
 * use, never kept.
 */
const liveConfig = (current: () => Config): Config => {
  const live = {}
  for (const key of Object.keys(current()) as (keyof Config)[]) {
    Object.defineProperty(live, key, { enumerable: true, get: () => current()[key] })
  }
  return live as Config
}

/** What keys may do is worked out from models and routes: it is worked out anew, as after a change of the keys. */
const refreshKeys = (dataDir: string): void => {
  if (readKeyStamp(dataDir) !== null) touchKeyStamp(dataDir)
}

/**
 * Opens the data folder and wires everything; the encoder and the index start in the background (`ready`).
 * @throws RouterError `data_directory_in_use`, `store_unavailable`, `invalid_config`
 */
export const createService = async (options: ServiceOptions): Promise<Service> => {
  const { loaded, paths, env, logger, cwd = process.cwd() } = options
  const { loop = createLoopWatch({ now: () => performance.now(), logger }) } = options
  let site: Site | null = null
  const current = (): Site => site as Site
  const config = liveConfig(() => (site?.loaded ?? loaded).config)
  const { lock, store, access, losses } = await openData({ config, paths, logger })
  const engine = (options.createEngine ?? createRoutingEngine)({ config, paths, logger, store })
  const retention = createRetention({
    target: store,
    retentionDays: config.storage.retention_days,
    logger,
  })
  const explainer = createExplainer({ databaseFile: paths.database, indexDir: paths.index, store })
  const arms = createArms({ dir: paths.index, engine, store, config: () => config, logger })
  const generations = createGenerationService({
    config: () => config,
    paths,
    engine,
    store,
    newId: uuidV7,
    now: Date.now,
    logger,
  })
  let implicit: ImplicitFeedback | null = null
  const closeEngines = async (): Promise<void> => {
    await implicit?.flush()
    await generations.close()
    await arms.close()
    await explainer.close()
    await retention.stop()
    await engine.close()
    await access.close()
    await losses.stop()
    await store.close()
    lock.release()
  }
  const routes = createRouteWatch({
    generation: engine.generation,
    config: () => current().loaded.config,
    logger,
  })
  let isDraining = false
  let closing: Promise<void> | null = null
  try {
    const metrics: Metrics = createMetrics({
      routes: Object.keys(config.routes),
      models: Object.keys(config.models),
      storeStats: store.stats,
      storeIsLost: () => losses.loss() !== null,
      indexGeneration: () => engine.generation()?.number ?? null,
      encoderStats: engine.encoderStats,
      upstreamHealth: () => current().resilience.health(),
      loopStats: loop.stats,
    })
    implicit = createImplicitFeedback({
      maxSessions: config.conversation.max_sessions,
      store,
      dimensions: engine.sentences.dimensions,
      digest,
      newId: uuidV7,
      now: preciseNow,
      onVote: metrics.onImplicitVote,
      logger,
    })
    const reloader = createReloader({
      loaded,
      file: configFilePath({ env, cwd }),
      place: { env, cwd },
      origins: createKeyOrigins(env),
      build: (serving) => {
        const next = createSite(serving, longLived, site)
        return () => serveBy(next)
      },
      store,
      logger,
      newId: uuidV7,
      now: Date.now,
    })
    const longLived: LongLived = {
      env,
      logger,
      store,
      access,
      engine,
      metrics,
      admin: {
        arms: arms.admin,
        config: createConfigAdmin({
          reloader,
          store,
          replay: options.replay ?? replayWith(paths, () => engine.generation()?.number ?? null),
          now: Date.now,
        }),
        generations: generations.admin,
        replay: createReplayOnce({
          paths,
          config: () => current().loaded.config,
          flush: store.flush,
        }),
        review: createReview({
          config: () => current().loaded.config,
          paths,
          store,
          newId: uuidV7,
          now: Date.now,
        }),
      },
      explainer,
      arms,
      implicit,
      indexDir: paths.index,
      isDraining: () => isDraining,
      loop,
      readiness: () =>
        readiness({
          engine,
          store,
          access,
          losses,
          resilience: current().resilience,
          reloader,
          routes,
        }),
    }
    const serveBy = (next: Site): void => {
      options.onConfig?.(next.loaded.config)
      site = next
      const { config: serving } = next.loaded
      metrics.setNames({
        routes: Object.keys(serving.routes),
        models: Object.keys(serving.models),
      })
      refreshKeys(paths.data)
      routes.check()
    }
    site = createSite(loaded, longLived, null)
    void engine.ready.then(routes.check, () => undefined)
    await reloader.start()
    retention.start(HOUR_MS)
    losses.start(LOOK_MS)
    generations.start()
    arms.start()
    return {
      get config() {
        return current().loaded.config
      },
      app: { fetch: (...request) => current().app.fetch(...request) },
      ready: engine.ready,
      configAdmin: longLived.admin.config,
      reload: reloader.reload,
      drain: () => {
        isDraining = true
      },
      close: () => {
        closing ??= closeEngines()
        return closing
      },
    }
  } catch (error) {
    await closeEngines()
    throw error
  }
}
