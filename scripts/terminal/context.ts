// What every command needs: configuration, paths, and the engines, opened when they are first asked for and closed together.
import type { Config } from '../../src/config/config-schema.ts'
import { type DataPaths, dataPaths } from '../../src/config/data-paths.ts'
import { type LoadedConfig, loadConfig } from '../../src/config/load-config.ts'
import { silentLogger } from '../../src/core/logger.ts'
import type { Encoder } from '../../src/encoder/encoder.ts'
import { ensureModel } from '../../src/encoder/ensure-model.ts'
import { createLazyEncoder, type EncoderIdentity } from '../../src/encoder/lazy.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { createLogger, type Logger } from '../../src/telemetry/logger.ts'
import { readCurrent } from '../../src/training/generations/make-current.ts'
import { readManifest } from '../../src/vector-index/generation-check.ts'
import { startEncoder } from './command-encoder.ts'
import { note } from './output.ts'

export interface ScriptContext {
  loaded: LoadedConfig
  config: Config
  paths: DataPaths
  logger: Logger
  /**
   * For many texts: two processes with one thread each, the best throughput on two cores. Where an index tells what
   * they will be, they start with the first text that has no vector yet.
   */
  encoder(): Promise<Encoder>
  /** For one text: one process, which starts in half the time. */
  singleEncoder(): Promise<Encoder>
  /** Opened beside a running server: waits for its locks, never moves a damaged file aside. */
  store(): Promise<Store>
  close(): Promise<void>
}

export interface OpenContextOptions {
  env?: NodeJS.ProcessEnv
  cwd?: string
}

/** What the encoder `id` turns out to be: the generation that serves says so where it was built with the same. */
const identityOf = async (id: string, indexDir: string): Promise<EncoderIdentity | null> => {
  const current = await readCurrent(indexDir)
  if (current === null) return null
  // A damaged one is for the command to tell of, in its own words.
  const manifest = await readManifest(indexDir, current).catch(() => null)
  if (manifest?.encoderId !== id) return null
  const { dimensions, searchDimensions } = manifest
  return { id, dimensions, searchDimensions }
}

/** Remembers what was opened, so that each thing is opened once and `close` closes it. */
const lazily = <T extends { close(): Promise<void> }>(open: () => Promise<T>) => {
  let opened: Promise<T> | null = null
  return {
    get: () => {
      opened ??= open()
      return opened
    },
    close: async () => {
      // Where opening failed, its caller has the error, and there is nothing to close.
      const thing = await opened?.catch(() => null)
      await thing?.close()
    },
  }
}

/** @throws RouterError `invalid_config` */
export const openContext = (options: OpenContextOptions = {}): ScriptContext => {
  const { env = process.env, cwd = process.cwd() } = options
  const loaded = loadConfig({ env, cwd })
  const { config } = loaded
  const paths = dataPaths(config, { env, cwd })
  const logger = createLogger({ level: 'silent' })
  const openEncoder = async (processes: number, threads: number): Promise<Encoder> => {
    const noteMessage = (_: object, message: string) => note(message)
    const noteLogger = { ...silentLogger, info: noteMessage, warn: noteMessage }
    const { encoderId } = await ensureModel(config.encoder, noteLogger)
    const batch = { processes, threads, queue_limit: 10_000, deadline_ms: 30_000 }
    const start = () => startEncoder({ config: { ...config.encoder, ...batch }, logger })
    const identity = await identityOf(encoderId, paths.index)
    return identity === null ? start() : createLazyEncoder({ identity, start })
  }
  const encoder = lazily(() => openEncoder(2, 1))
  const singleEncoder = lazily(() => openEncoder(1, 2))
  const store = lazily<Store>(() =>
    createSqliteStore({
      file: paths.database,
      storeText: config.storage.store_text,
      flushIntervalMs: config.storage.flush_interval_ms,
      queueLimit: config.storage.queue_limit,
      onCorrupt: 'refuse',
      logger,
    }),
  )
  return {
    loaded,
    config,
    paths,
    logger,
    encoder: encoder.get,
    singleEncoder: singleEncoder.get,
    store: store.get,
    close: async () => {
      await Promise.all([encoder.close(), singleEncoder.close(), store.close()])
    },
  }
}

/** Runs a command with a context, and closes it whatever happens. */
export const withContext = async <T>(
  run: (context: ScriptContext) => Promise<T>,
  options?: OpenContextOptions,
): Promise<T> => {
  const context = openContext(options)
  try {
    return await run(context)
  } finally {
    await context.close()
  }
}
