// Opens the data folder: its lock, the database and the keys. A lost database is detected here, before anything is served.
import { type Access, createAccess } from '../access/access.ts'
import { readKeyStamp, touchKeyStamp } from '../access/key-stamp.ts'
import type { Config } from '../config/config-schema.ts'
import type { DataPaths } from '../config/data-paths.ts'
import type { Logger } from '../core/logger.ts'
import { acquireDataLock, type DataLock } from '../store/data-lock.ts'
import { createLossWatch, type LossWatch } from '../store/loss/loss-watch.ts'
import { createSqliteStore, type SqliteStore } from '../store/sqlite/sqlite-store.ts'
import { countVotedGenerations } from '../vector-index/voted-generations.ts'

export interface OpenDataOptions {
  config: Config
  paths: DataPaths
  /** Admin key from the environment, for the first start. */
  adminKey?: string | undefined
  logger: Logger
}

export interface OpenedData {
  lock: DataLock
  store: SqliteStore
  access: Access
  losses: LossWatch
}

/** Reports a lost database before anything is served; where it held keys, requests without a key stay refused. */
const watchLosses = async (
  { paths, logger }: OpenDataOptions,
  store: SqliteStore,
): Promise<LossWatch> => {
  const losses = await createLossWatch({
    store,
    databaseFile: paths.database,
    dataDir: paths.data,
    traces: {
      keysWereMade: readKeyStamp(paths.data) !== null,
      votedGenerations: await countVotedGenerations(paths.index),
    },
    logger,
  })
  const { hadKeys } = losses.loss() ?? { hadKeys: false }
  if (hadKeys && readKeyStamp(paths.data) === null) touchKeyStamp(paths.data)
  return losses
}

/** Loads the keys, and checks whether the address may be listened on, before anything else is started. */
export const openData = async (options: OpenDataOptions): Promise<OpenedData> => {
  const { config, paths, logger } = options
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
      const losses = await watchLosses(options, store)
      const keysAreLost = losses.loss()?.hadKeys ?? false
      const access = await createAccess({
        config,
        store,
        dataDir: paths.data,
        keysAreLost,
        adminKey: options.adminKey,
        logger,
      })
      return { lock, store, access, losses }
    } catch (error) {
      await store.close()
      throw error
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
