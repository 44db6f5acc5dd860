// Starts encoder and live index, and builds the first index where there is none.
import type { Config } from '../config/config-schema.ts'
import type { DataPaths } from '../config/data-paths.ts'
import type { Logger } from '../core/logger.ts'
import { type CachedEncoder, createCachedEncoder } from '../encoder/cached.ts'
import type { EncoderIdentity } from '../encoder/lazy.ts'
import type { SupervisedEncoder } from '../encoder/supervised.ts'
import { RouterError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { runRebuild } from '../training/rebuild/rebuild-job.ts'
import { createLiveIndex, type LiveIndex } from '../vector-index/live.ts'
import { type BegunEncoder, beginEncoder } from './begin-encoder.ts'

/** Interval at which the index folder is checked for a generation that another process made current. */
const POLL_MS = 500

export interface RoutingEngineOptions {
  config: Config
  paths: DataPaths
  logger: Logger
  /** Begun earlier by the caller; by default it begins with the engine. */
  encoder?: BegunEncoder | undefined
  /** Set where feedback goes into the first build, which reads it from `paths.database`; null leaves it out. */
  store: Pick<Store, 'listFeedback'> | null
}

export interface StartedEngines {
  supervised: SupervisedEncoder
  cached: CachedEncoder
  live: LiveIndex
}

export const startEngines = async (options: RoutingEngineOptions): Promise<StartedEngines> => {
  const { config, paths, logger } = options
  const { encoder = beginEncoder(options) } = options
  const encoderId = await encoder.encoderId
  const live = createLiveIndex({ dir: paths.index, encoderId, logger, pollMs: POLL_MS })
  // The index is loaded while the encoder process loads its model.
  const opening = live.start()
  opening.catch(() => {}) // awaited below
  try {
    const supervised = await encoder.warm
    const cached = createCachedEncoder({ encoder: supervised, size: config.encoder.cache_size })
    await opening.catch(async (error: unknown) => {
      await cached.close()
      throw error
    })
    return { supervised, cached, live }
  } catch (error) {
    await live.close()
    throw error
  }
}

export const closeEngines = async (engines: StartedEngines | null): Promise<void> => {
  await engines?.live.close()
  await engines?.cached.close()
}

/** @throws RouterError `index_unavailable` where there is still no index afterwards */
export const ensureIndex = async (
  options: RoutingEngineOptions,
  { live, supervised }: StartedEngines,
): Promise<void> => {
  if (live.current()) return
  await buildFirstIndex(options, supervised)
  await live.reload()
  if (live.current()) return
  const why = live.status().error ?? 'no generation verifies'
  throw new RouterError('index_unavailable', `The index could not be opened: ${why}`)
}

/**
 * Runs in a child process, as every rebuild of a server. Two single-threaded encoder processes embed the training data twice as
 * fast as the one that serves prompts.
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
