// What `signalbox config` needs to look back and to write: the file, the database, and which process serves on them. Works
// with a file that is broken: that is when an earlier version is wanted.

import type { DataPaths } from '../../src/config/data-paths.ts'
import { dataPaths } from '../../src/config/data-paths.ts'
import { configFilePath, type LoadedConfig, loadConfig } from '../../src/config/load-config.ts'
import type { ConfigActivation } from '../../src/core/records/config-version.ts'
import { toRouterError } from '../../src/errors.ts'
import { findDataLockHolder } from '../../src/store/data-lock.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

export interface ConfigContext {
  /** What the file says; null where it is not valid, and `problem` says why. */
  onFile: LoadedConfig | null
  problem: string | null
  /** That is read and written. */
  file: string
  paths: DataPaths
  store: Store
  /** The newest first. */
  activations: ConfigActivation[]
  /** Process id of the server on the same data. */
  serverPid: number | null
}

const readFile = (): Pick<ConfigContext, 'onFile' | 'problem'> => {
  try {
    return { onFile: loadConfig(), problem: null }
  } catch (error) {
    const { code, message } = toRouterError(error)
    if (code !== 'invalid_config') throw error
    return { onFile: null, problem: message }
  }
}

/** @throws RouterError `store_unavailable` */
export const withConfigContext = async <T>(
  run: (context: ConfigContext) => Promise<T>,
): Promise<T> => {
  const { onFile, problem } = readFile()
  const training_data = onFile?.config.training_data ?? 'training-data'
  const paths = dataPaths({ training_data }, { env: process.env, cwd: process.cwd() })
  const store = await createSqliteStore({
    file: paths.database,
    storeText: onFile?.config.storage.store_text ?? 'off',
    flushIntervalMs: 50,
    queueLimit: 1,
    onCorrupt: 'refuse',
    logger: createLogger({ level: 'silent' }),
  })
  try {
    return await run({
      onFile,
      problem,
      file: configFilePath(),
      paths,
      store,
      activations: await store.listConfigActivations(),
      serverPid: findDataLockHolder(paths.data),
    })
  } finally {
    await store.close()
  }
}
