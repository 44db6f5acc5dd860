// Encoder, live index and classifier, wired and started: what the server, the library and `signalbox route` share.

import type { Config } from '../config/config-schema.ts'
import type { DataPaths } from '../config/data-paths.ts'
import type { Logger } from '../core/logger.ts'
import type { Exemplar } from '../core/types.ts'
import { type CachedEncoder, createCachedEncoder } from '../encoder/cached.ts'
import type { Encoder } from '../encoder/encoder.ts'
import { ensureModel } from '../encoder/ensure-model.ts'
import type { EncoderIdentity } from '../encoder/lazy.ts'
import { createSupervisedEncoder, type SupervisedEncoder } from '../encoder/supervised.ts'
import { RouterError } from '../errors.ts'
import { type Classify, createClassify } from '../routing/classify.ts'
import type { SentenceEncoder } from '../routing/embeddings.ts'
import { createRememberedClassify } from '../routing/remembered-classify.ts'
import type { Store } from '../store/store.ts'
import { runRebuild } from '../training/rebuild/rebuild-job.ts'
import type { Generation } from '../vector-index/generation.ts'
import { createLiveIndex, type LiveIndex } from '../vector-index/live.ts'
import type { ArmsStatus, LiveCanary } from '../vector-index/live-arms.ts'

/** How soon a generation that another process made current is served. */
const POLL_MS = 500

/** Results of classifications, some 6 kB each; embeddings have a larger cache of their own. */
const REMEMBERED = 1_000

export interface RoutingEngine {
  classify: Classify
  /** The encoder's unit sentence embeddings, for whoever wants them beside routing. */
  sentences: SentenceEncoder
  generation(): Generation | null
  /** What the encoder is; null until it is warm. */
  encoderIdentity(): EncoderIdentity | null
  /** What is tried on a share of the sessions, and what decides beside it without effect. */
  canary(): LiveCanary | null
  shadow(): Generation | null
  /** Null until an index is open. */
  armsStatus(): ArmsStatus | null
  /** Looks at the index folder now; does nothing until an index is open. */
  reload(): Promise<void>
  /** Exemplars of the live generations by id; ids they do not hold are left out. */
  exemplars(ids: readonly string[]): Map<string, Exemplar>
  /** Resolves once the encoder is warm and an index serves; until then every decision is `degraded`. */
  readonly ready: Promise<void>
  checks(): Record<'encoder' | 'index', { ok: boolean; detail: string }>
  /** Numbers for metrics. */
  encoderStats(): Record<string, number>
  close(): Promise<void>
}

export interface RoutingEngineOptions {
  config: Config
  paths: DataPaths
  logger: Logger
  /** Its feedback goes into the first build, which reads it from `paths.database`; null leaves it out. */
  store: Pick<Store, 'listFeedback'> | null
}

/**
 * In a process of its own, as every rebuild of a server. Two single-threaded encoder processes embed the training data twice
 * as fast as the one that serves prompts.
 */
const buildFirstIndex = async (
  { config, paths, logger, store }: RoutingEngineOptions,
  { id, dimensions, searchDimensions }: EncoderIdentity,
): Promise<void> => {
  let lastTenth = -1
  const report = await runRebuild(
    {
      config: { ...config },
      indexDir: paths.index,
      trainingDir: paths.trainingData,
      cacheDir: paths.cache,
      databaseFile: store === null ? null : paths.database,
      encoder: { id, dimensions, searchDimensions },
      processes: 2,
      niceness: 0,
      author: 'signalbox',
      trigger: 'first',
    },
    {
      onProgress: ({ stage, done, total }) => {
        const tenth = total > 0 ? Math.floor((done / total) * 10) : 0
        if (stage !== 'embed' || tenth === lastTenth) return
        lastTenth = tenth
        logger.info({ done, total }, 'embedding the training data')
      },
    },
  )
  const { generation, exemplars, durationMs, leftOut } = report
  if (leftOut) logger.warn({ leftOut: leftOut.routes }, leftOut.message)
  logger.info({ generation, exemplars, durationMs }, 'built the index')
}

/** Exemplars by id, made once per generation. */
const createExemplarLookup = () => {
  const lookups = new WeakMap<Generation, Map<string, Exemplar>>()
  return (generation: Generation, ids: readonly string[]): Map<string, Exemplar> => {
    let lookup = lookups.get(generation)
    if (!lookup) {
      lookup = new Map(generation.exemplars.map((exemplar) => [exemplar.id, exemplar]))
      lookups.set(generation, lookup)
    }
    const found = new Map<string, Exemplar>()
    for (const id of ids) {
      const exemplar = lookup.get(id)
      if (exemplar) found.set(id, exemplar)
    }
    return found
  }
}

interface Started {
  supervised: SupervisedEncoder
  cached: CachedEncoder
  live: LiveIndex
}

const startEngines = async (options: RoutingEngineOptions): Promise<Started> => {
  const { config, paths, logger } = options
  await ensureModel(config.encoder, logger)
  const supervised = await createSupervisedEncoder({ config: config.encoder, logger })
  const cached = createCachedEncoder({ encoder: supervised, size: config.encoder.cache_size })
  const { id: encoderId, dimensions } = supervised
  const live = createLiveIndex({ dir: paths.index, encoderId, dimensions, logger, pollMs: POLL_MS })
  await live.start()
  return { supervised, cached, live }
}

export const createRoutingEngine = (options: RoutingEngineOptions): RoutingEngine => {
  const { config } = options
  let started: Started | null = null
  let isClosed = false
  const notWarm = () => new RouterError('encoder_unavailable', 'The encoder is still warming up.')
  const encoder: Pick<Encoder, 'embed'> = {
    embed: async (text, embedOptions) => {
      if (!started) throw notWarm()
      return started.cached.embed(text, embedOptions)
    },
  }
  const generation = () => started?.live.current() ?? null
  const findExemplars = createExemplarLookup()
  const closeEngines = async (engines: Started | null): Promise<void> => {
    await engines?.live.close()
    await engines?.cached.close()
  }
  const start = async (): Promise<void> => {
    const engines = await startEngines(options)
    if (isClosed) return closeEngines(engines)
    started = engines
    if (engines.live.current()) return
    await buildFirstIndex(options, engines.supervised)
    await engines.live.reload()
    if (!engines.live.current()) {
      const why = engines.live.status().error ?? 'no generation verifies'
      throw new RouterError('index_unavailable', `The index could not be opened: ${why}`)
    }
  }
  const ready = start()
  ready.catch(() => {}) // the caller awaits `ready`; without one this is no unhandled rejection

  return {
    classify: createRememberedClassify({
      classify: createClassify({ encoder, generation, neighbours: config.index.neighbours }),
      generation,
      size: Math.min(config.encoder.cache_size, REMEMBERED),
    }),
    sentences: {
      dimensions: () => {
        if (!started) throw notWarm()
        return started.supervised.searchDimensions
      },
      embed: async (text, embedOptions) => {
        const row = await encoder.embed(text, embedOptions)
        return row.slice(0, started?.supervised.searchDimensions)
      },
    },
    generation,
    encoderIdentity: () => {
      if (!started) return null
      const { id, dimensions, searchDimensions } = started.supervised
      return { id, dimensions, searchDimensions }
    },
    canary: () => started?.live.canary() ?? null,
    shadow: () => started?.live.shadow() ?? null,
    armsStatus: () => started?.live.armsStatus() ?? null,
    reload: async () => {
      await started?.live.reload()
    },
    exemplars: (ids) => {
      const live = [started?.live.canary()?.generation, generation()]
      return new Map(live.flatMap((one) => (one ? [...findExemplars(one, ids)] : [])))
    },
    ready,
    checks: () => {
      const status = started?.live.status()
      const isWarm = started !== null
      return {
        encoder: { ok: isWarm, detail: started?.supervised.id ?? 'warming up' },
        index: {
          ok: status?.generation != null,
          detail:
            status?.generation != null
              ? `generation ${status.generation}, ${status.search}`
              : (status?.error ?? 'not loaded'),
        },
      }
    },
    encoderStats: () => {
      if (!started) return {}
      const { processes: _, ...counters } = started.supervised.stats()
      return { ...counters, ...started.cached.cacheStats() }
    },
    close: async () => {
      isClosed = true
      await closeEngines(started)
    },
  }
}
