// Reloads the configuration: reads, checks, builds, swaps and records a new one. One change at a time; if a new one is invalid, its
// error is kept and logged, and the old one serves on.

import { readFile } from 'node:fs/promises'
import type { Logger } from '../core/logger.ts'
import { RouterError, toRouterError } from '../errors.ts'
import { createInTurn } from '../jobs/in-turn.ts'
import type { Store } from '../store/store.ts'
import { readConfigOffLoop } from './config-work.ts'
import type { KeyOrigins } from './key-origins.ts'
import { type LoadedConfig, loadConfig } from './load-config.ts'
import { asServed, restartRequired } from './restart-keys.ts'
import { writeConfigFile } from './write-config.ts'

export type ReloadCause = 'start' | 'file' | 'signal' | 'api' | 'rollback'

/** Why the current file was refused. */
export interface ReloadError {
  message: string
  atMs: number
}

export interface ConfigState {
  /** The configuration of the file. */
  wanted: LoadedConfig
  /** The serving configuration: the same, except keys that need a restart. */
  serving: LoadedConfig
  /** Paths of those keys. */
  restartRequired: string[]
  lastError: ReloadError | null
  author: string
  cause: ReloadCause
  /** Time of its activation. */
  atMs: number
}

export interface Replacement {
  text: string
  /** The version that the caller has read; null where it is not given. */
  ifMatch: string | null
  cause: 'api' | 'rollback'
  author: string
  /** Permits a provider's key for another address than before. */
  confirmOrigin: boolean
}

export interface Reloader {
  state(): ConfigState
  /** Checks a text as if it were applied. @throws RouterError `invalid_config` */
  check(text: string, options: { confirmOrigin: boolean }): Promise<LoadedConfig>
  /** Reads the file again. Never rejects: errors are in `lastError`. @returns whether a new one serves */
  reload(cause: 'file' | 'signal'): Promise<boolean>
  /**
   * Writes the file and activates it.
   * @throws RouterError `config_changed`, `invalid_config`, `store_unavailable`; nothing is changed then
   */
  replace(replacement: Replacement): Promise<ConfigState>
  /** Records the activation of the first configuration. @throws RouterError `store_unavailable` */
  start(): Promise<void>
}

export interface ReloaderOptions {
  loaded: LoadedConfig
  /** Path of the file. */
  file: string
  place: { env: NodeJS.ProcessEnv; cwd: string }
  origins: KeyOrigins
  /** Wires a configuration. @returns the function that activates it. @throws RouterError `invalid_config` */
  build: (serving: LoadedConfig) => () => void
  store: Pick<Store, 'saveConfigVersion' | 'addConfigActivation'>
  logger: Logger
  newId: () => string
  /** Epoch milliseconds. */
  now: () => number
}

interface Change {
  cause: ReloadCause
  author: string
  confirmOrigin?: boolean
  /** Text to write to the file; absent where it is already there. */
  write?: string
}

/** Name of a configuration without a file, in messages. */
const GIVEN = 'The configuration'

const authorOf = ({ path }: LoadedConfig): string => path ?? 'embedded defaults'

/** Options and state, shared by the reloader's functions. */
interface Reloading {
  options: ReloaderOptions
  state: ConfigState
}

const note = async ({ options, state }: Reloading): Promise<void> => {
  const { serving, author, cause, atMs } = state
  const { version: hash, text } = serving
  await options.store.saveConfigVersion({ hash, text, author, createdAtMs: atMs })
  await options.store.addConfigActivation({ id: options.newId(), hash, author, cause, atMs })
}

const adopt = async (
  reloading: Reloading,
  wanted: LoadedConfig,
  change: Change,
): Promise<boolean> => {
  const { loaded: started, file, origins, build, logger, now } = reloading.options
  const { cause, author } = change
  const serving = asServed(wanted, started)
  const isOther = serving.version !== reloading.state.serving.version
  if (isOther && !change.confirmOrigin) origins.check(serving.config)
  const swap = isOther ? build(serving) : null
  if (change.write !== undefined) await writeConfigFile(file, change.write)
  const waiting = restartRequired(started.config, wanted.config)
  const since = swap ? { author, cause, atMs: now(), serving } : {}
  reloading.state = {
    ...reloading.state,
    ...since,
    wanted,
    lastError: null,
    restartRequired: waiting,
  }
  if (swap) {
    origins.bind(serving.config)
    swap()
    // It serves even if the database cannot record it.
    await note(reloading).catch((err: unknown) =>
      logger.error({ err }, 'the activation of the configuration was not recorded'),
    )
  }
  const facts = { cause, version: serving.version, author, restartRequired: waiting }
  if (swap || waiting.length > 0) logger.info(facts, 'configuration reloaded')
  else logger.debug(facts, 'the configuration is unchanged')
  return swap !== null
}

const read = (
  { file, place }: ReloaderOptions,
  { text, where }: { text: string; where: string },
): Promise<LoadedConfig> => readConfigOffLoop(text, { where, path: file, env: place.env })

/** Reads the file. @throws RouterError `invalid_config` */
const readAgain = async ({ options, state }: Reloading): Promise<LoadedConfig> => {
  const { file, place } = options
  const source = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    const message = `${file} cannot be read: ${error.message}`
    throw new RouterError('invalid_config', message, { cause: error })
  })
  const { wanted } = state
  if (source === wanted.source && source !== null) return wanted
  if (source !== null) return read(options, { text: source, where: file })
  if (wanted.path === null) return loadConfig(place)
  throw new RouterError('invalid_config', `${file} is gone; what was read from it serves on.`)
}

const reloadNow = async (reloading: Reloading, cause: 'file' | 'signal'): Promise<boolean> => {
  const { logger, now } = reloading.options
  try {
    const wanted = await readAgain(reloading)
    return await adopt(reloading, wanted, { cause, author: authorOf(wanted) })
  } catch (error) {
    const { code, message } = toRouterError(error)
    const why = code === 'internal' ? String(error) : message
    reloading.state = { ...reloading.state, lastError: { message: why, atMs: now() } }
    logger.error({ cause, problem: why }, 'configuration refused, the old one serves on')
    return false
  }
}

/** Also refuses a replacement where the file has changed unnoticed, because that change would be lost. */
const refuseStale = async (reloading: Reloading, ifMatch: string | null): Promise<void> => {
  const onDisk = await readAgain(reloading).catch(() => null)
  if (onDisk && onDisk.version !== reloading.state.wanted.version) {
    await reloadNow(reloading, 'file')
  }
  refuseStaleMatch(ifMatch, reloading.state.wanted.version)
}

/** @throws RouterError `config_changed` where the caller has read another version than the current one */
export const refuseStaleMatch = (ifMatch: string | null, version: string): void => {
  if (ifMatch === null || ifMatch === version) return
  throw new RouterError(
    'config_changed',
    `If-Match names ${ifMatch}, but the configuration is ${version} now; read it again.`,
    { param: 'If-Match', details: { version } },
  )
}

const firstState = ({ loaded, now }: ReloaderOptions): ConfigState => ({
  wanted: loaded,
  serving: loaded,
  restartRequired: [],
  lastError: null,
  author: authorOf(loaded),
  cause: 'start',
  atMs: now(),
})

export const createReloader = (options: ReloaderOptions): Reloader => {
  const { loaded: started, origins } = options
  const inTurn = createInTurn()
  const reloading: Reloading = { options, state: firstState(options) }
  const readGiven = (text: string) => read(options, { text, where: GIVEN })
  return {
    state: () => reloading.state,
    check: async (text, { confirmOrigin }) => {
      const wanted = await readGiven(text)
      const serving = asServed(wanted, started)
      if (!confirmOrigin) origins.check(serving.config)
      options.build(serving)
      return wanted
    },
    reload: (cause) => inTurn(() => reloadNow(reloading, cause)),
    replace: ({ text, ifMatch, ...change }) =>
      inTurn(async () => {
        await refuseStale(reloading, ifMatch)
        await adopt(reloading, await readGiven(text), { ...change, write: text })
        return reloading.state
      }),
    start: async () => {
      origins.bind(started.config)
      await note(reloading)
    },
  }
}
