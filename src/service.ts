// The composition root: configuration → { app, drain, close }. The only file that knows every folder.
import { createHash } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { Hono } from 'hono'
import { v7 as uuidV7 } from 'uuid'
import { type Access, createAccess } from './access/access.ts'
import type { Config } from './config.ts'
import type { LoadedConfig } from './config-file.ts'
import type { Logger } from './core/logger.ts'
import { createCountedEmbeddings } from './counted-embeddings.ts'
import type { DataPaths } from './data-paths.ts'
import { createEmbeddings } from './embeddings.ts'
import { createApp } from './http/app.ts'
import type { AppEnv } from './http/app-env.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'
import { createRecordCompletion } from './record-completion.ts'
import { createRoutingEngine, type RoutingEngine } from './routing-engine.ts'
import { acquireDataLock, type DataLock } from './store/data-lock.ts'
import { createRetention } from './store/retention.ts'
import { createSqliteStore, type SqliteStore } from './store/sqlite/sqlite-store.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import { createRedact } from './telemetry/redact.ts'
import { createCachedCall } from './upstream/cache/cached-call.ts'
import { createCallUpstream } from './upstream/call.ts'
import { createCountTokens } from './upstream/count-tokens.ts'
import { keyVariables } from './upstream/provider-keys.ts'
import { createUpstreams } from './upstream/registry.ts'
import { createResilience, type Resilience } from './upstream/resilience/resilience.ts'
import type { Upstream, UpstreamTarget } from './upstream/upstream.ts'

const HOUR_MS = 3_600_000

export interface Service {
  readonly config: Config
  readonly app: Hono<AppEnv>
  /** Resolves once prompts are routed; rejects where the encoder or the index cannot be started. */
  readonly ready: Promise<void>
  /** New work is refused from now on. */
  drain(): void
  /** Flushes and closes everything. Safe to call twice. */
  close(): Promise<void>
}

export interface ServiceOptions {
  loaded: LoadedConfig
  paths: DataPaths
  env: NodeJS.ProcessEnv
  logger: Logger
}

/** The values of all provider keys: they must not appear in anything that leaves the process but the call itself. */
export const providerSecrets = (config: Config, env: NodeJS.ProcessEnv): string[] =>
  Object.values(config.providers)
    .flatMap(keyVariables)
    .flatMap((name) => env[name] || [])

const toTargets = (models: Config['models']): Record<string, UpstreamTarget> =>
  Object.fromEntries(
    Object.entries(models).map(([model, { provider, name, ...prices }]) => [
      model,
      {
        provider,
        model,
        upstreamName: name,
        price: {
          input: prices.input_usd_per_million,
          output: prices.output_usd_per_million,
          cachedInput: prices.cached_input_usd_per_million,
        },
        maxOutputTokens: prices.max_output_tokens,
      },
    ]),
  )

/** Epoch milliseconds with fractions, so that short overheads can be told. */
const preciseNow = (): number => performance.timeOrigin + performance.now()

interface Providers {
  /** By provider name. */
  upstreams: Record<string, Upstream>
  /** By configured model id. */
  targets: Record<string, UpstreamTarget>
  resilience: Resilience
}

const wireProviders = ({ loaded: { config }, env, logger }: ServiceOptions): Providers => ({
  upstreams: createUpstreams({
    providers: config.providers,
    models: config.models,
    env,
    resilience: config.resilience,
    limits: config.limits,
    logger,
  }),
  targets: toTargets(config.models),
  resilience: createResilience({ config, logger }),
})

interface Parts extends ServiceOptions, Providers {
  store: SqliteStore
  engine: RoutingEngine
  metrics: Metrics
}

const wireMetrics = (parts: Omit<Parts, 'metrics'>): Metrics => {
  const { loaded, store, engine, resilience } = parts
  const { routes, models } = loaded.config
  return createMetrics({
    routes: Object.keys(routes),
    models: Object.keys(models),
    storeStats: store.stats,
    indexGeneration: () => engine.generation()?.number ?? null,
    encoderStats: engine.encoderStats,
    upstreamHealth: resilience.health,
  })
}

const wirePipeline = (parts: Parts): Pipeline => {
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
  return createPipeline({
    config,
    configVersion: version,
    classify: engine.classify,
    callUpstream: cached.call,
    store,
    recordCompletion: createRecordCompletion({
      store,
      targets,
      now: preciseNow,
      onCompletion: metrics.onCompletion,
    }),
    onDecision: metrics.onDecision,
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    newId: uuidV7,
    now: preciseNow,
  })
}

// Providers that are down do not make the gateway unready: others could not serve in its place any better.
const upstreamCheck = (resilience: Resilience) => {
  const resting = resilience.health().targets.filter(({ waitMs }) => waitMs > 0)
  const names = resting.map(({ model, breaker }) => `${model} (breaker ${breaker})`)
  return { ok: true, detail: names.length > 0 ? `resting: ${names.join(', ')}` : 'all callable' }
}

const readiness = ({
  engine,
  store,
  resilience,
}: Pick<Parts, 'engine' | 'store' | 'resilience'>) => {
  const { lastError } = store.stats()
  const checks = {
    ...engine.checks(),
    store: { ok: lastError === null, detail: lastError ?? 'writable' },
    upstreams: upstreamCheck(resilience),
  }
  return { isReady: Object.values(checks).every(({ ok }) => ok), checks }
}

interface OpenedData {
  lock: DataLock
  store: SqliteStore
  access: Access
}

/** Whoever may come in is known, and whether the address may be listened on, before anything else is started. */
const openData = async ({ loaded, paths, logger }: ServiceOptions): Promise<OpenedData> => {
  const { config } = loaded
  const lock = acquireDataLock(paths.data)
  try {
    const store = await createSqliteStore({
      file: paths.database,
      storeText: config.storage.store_text,
      flushIntervalMs: config.storage.flush_interval_ms,
      queueLimit: config.storage.queue_limit,
      logger,
    })
    try {
      return {
        lock,
        store,
        access: await createAccess({ config, store, dataDir: paths.data, logger }),
      }
    } catch (error) {
      await store.close()
      throw error
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * Opens the data folder and wires everything; the encoder and the index start in the background (`ready`).
 * @throws RouterError `data_directory_in_use`, `store_unavailable`, `invalid_config`
 */
export const createService = async (options: ServiceOptions): Promise<Service> => {
  const { loaded, paths, env, logger } = options
  const { config } = loaded
  const { lock, store, access } = await openData(options)
  const engine = createRoutingEngine({ config, paths, logger, store })
  const retention = createRetention({
    target: store,
    retentionDays: config.storage.retention_days,
    logger,
  })
  const closeEngines = async (): Promise<void> => {
    await retention.stop()
    await engine.close()
    await access.close()
    await store.close()
    lock.release()
  }
  let isDraining = false
  let closing: Promise<void> | null = null
  try {
    const providers = wireProviders(options)
    const metrics = wireMetrics({ ...options, ...providers, store, engine })
    const pipeline = wirePipeline({ ...options, ...providers, store, engine, metrics })
    const app = createApp({
      config,
      configVersion: loaded.version,
      pipeline,
      access,
      countTokens: createCountTokens({ ...providers, logger }),
      embeddings: createCountedEmbeddings({
        embeddings: createEmbeddings({ config, encoder: engine.sentences, ...providers }),
        onEmbedding: metrics.onEmbedding,
        now: () => performance.now(),
      }),
      store,
      exemplars: engine.exemplars,
      readiness: () => readiness({ engine, store, resilience: providers.resilience }),
      metrics,
      logger,
      newId: uuidV7,
      now: Date.now,
      isDraining: () => isDraining,
      redact: createRedact(providerSecrets(config, env)),
    })
    await store.saveConfigVersion({
      hash: loaded.version,
      text: loaded.text,
      author: loaded.path ?? 'embedded defaults',
      createdAtMs: Date.now(),
    })
    retention.start(HOUR_MS)
    return {
      config,
      app,
      ready: engine.ready,
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
