// Which configuration serves, and how another comes to: read, checked, built, swapped, noted. One change at a time; what is
// wrong with a new one is remembered and told, and the old one serves on.

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

/** Why the file as it is does not serve. */
export interface ReloadError {
  message: string
  atMs: number
}

export interface ConfigState {
  /** What is asked for: the file. */
  wanted: LoadedConfig
  /** What serves: the same, but for keys that wait for a restart. */
  serving: LoadedConfig
  /** Paths of those keys. */
  restartRequired: string[]
  lastError: ReloadError | null
  author: string
  cause: ReloadCause
  /** Since when it serves. */
  atMs: number
}

export interface Replacement {
  text: string
  /** The version that the caller has seen; null where they don't say. */
  ifMatch: string | null
  cause: 'api' | 'rollback'
  author: string
  /** A provider's key may go to another address from now on. */
  confirmOrigin: boolean
}

export interface Reloader {
  state(): ConfigState
  /** Text → what it would be, unapplied, checked like one that is. @throws RouterError `invalid_config` */
  check(text: string, options: { confirmOrigin: boolean }): Promise<LoadedConfig>
  /** Reads the file again. Never rejects: what is wrong stands in `lastError`. @returns whether another serves now */
  reload(cause: 'file' | 'signal'): Promise<boolean>
  /**
   * Writes the file and serves by it.
   * @throws RouterError `config_changed`, `invalid_config`, `store_unavailable`; nothing has changed then
   */
  replace(replacement: Replacement): Promise<ConfigState>
  /** Notes that the first configuration serves. @throws RouterError `store_unavailable` */
  start(): Promise<void>
}

export interface ReloaderOptions {
  loaded: LoadedConfig
  /** File that is read and written. */
  file: string
  place: { env: NodeJS.ProcessEnv; cwd: string }
  origins: KeyOrigins
  /** Wires a configuration; calling what it returns makes it serve. @throws RouterError `invalid_config` */
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
  /** Text that the file is to hold; absent where it does already. */
  write?: string
}

/** What a configuration is called that is not on file yet. */
const GIVEN = 'The configuration'

const authorOf = ({ path }: LoadedConfig): string => path ?? 'embedded defaults'

export const createReloader = (options: ReloaderOptions): Reloader => {
  const { loaded: started, file, place, origins, store, logger, now } = options
  const inTurn = createInTurn()
  let state: ConfigState = {
    wanted: started,
    serving: started,
    restartRequired: [],
    lastError: null,
    author: authorOf(started),
    cause: 'start',
    atMs: now(),
  }

  const note = async (): Promise<void> => {
    const { serving, author, cause, atMs } = state
    const { version: hash, text } = serving
    await store.saveConfigVersion({ hash, text, author, createdAtMs: atMs })
    await store.addConfigActivation({ id: options.newId(), hash, author, cause, atMs })
  }

  const adopt = async (wanted: LoadedConfig, change: Change): Promise<boolean> => {
    const { cause, author } = change
    const serving = asServed(wanted, started)
    const isOther = serving.version !== state.serving.version
    if (isOther && !change.confirmOrigin) origins.check(serving.config)
    const swap = isOther ? options.build(serving) : null
    if (change.write !== undefined) await writeConfigFile(file, change.write)
    const waiting = restartRequired(started.config, wanted.config)
    const since = swap ? { author, cause, atMs: now() } : {}
    state = { ...state, wanted, lastError: null, restartRequired: waiting, ...since }
    if (swap) {
      state = { ...state, serving }
      origins.bind(serving.config)
      swap()
      // It serves whether or not the database takes a note of it.
      await note().catch((err: unknown) => logger.error({ err }, 'the configuration was not noted'))
    }
    const facts = { cause, version: serving.version, author, restartRequired: waiting }
    if (swap || waiting.length > 0) logger.info(facts, 'configuration reloaded')
    else logger.debug(facts, 'the configuration is as it was')
    return swap !== null
  }

  const read = (source: string, where: string): Promise<LoadedConfig> =>
    readConfigOffLoop(source, { where, path: file, env: place.env })

  const readAgain = async (): Promise<LoadedConfig> => {
    const source = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      const message = `${file} cannot be read: ${error.message}`
      throw new RouterError('invalid_config', message, { cause: error })
    })
    const { wanted } = state
    if (source !== null) return source === wanted.source ? wanted : read(source, file)
    if (wanted.path === null) return loadConfig(place)
    throw new RouterError('invalid_config', `${file} is gone; what was read from it serves on.`)
  }

  const reloadNow = async (cause: 'file' | 'signal'): Promise<boolean> => {
    try {
      const wanted = await readAgain()
      return await adopt(wanted, { cause, author: authorOf(wanted) })
    } catch (error) {
      const { code, message } = toRouterError(error)
      const why = code === 'internal' ? String(error) : message
      state = { ...state, lastError: { message: why, atMs: now() } }
      logger.error({ cause, problem: why }, 'configuration refused, the old one serves on')
      return false
    }
  }

  /** A change of the file that no watch has seen yet counts, too: it would be lost. */
  const refuseStale = async ({ ifMatch }: Replacement): Promise<void> => {
    const onDisk = await readAgain().catch(() => null)
    if (onDisk && onDisk.version !== state.wanted.version) await reloadNow('file')
    const { version } = state.wanted
    if (ifMatch === null || ifMatch === version) return
    throw new RouterError(
      'config_changed',
      `If-Match names ${ifMatch}, but the configuration is ${version} now; read it again.`,
      { param: 'If-Match', details: { version } },
    )
  }

  return {
    state: () => state,
    check: async (text, { confirmOrigin }) => {
      const wanted = await read(text, GIVEN)
      const serving = asServed(wanted, started)
      if (!confirmOrigin) origins.check(serving.config)
      options.build(serving)
      return wanted
    },
    reload: (cause) => inTurn(() => reloadNow(cause)),
    replace: (replacement) =>
      inTurn(async () => {
        await refuseStale(replacement)
        const { text: write, ...change } = replacement
        await adopt(await read(write, GIVEN), { ...change, write })
        return state
      }),
    start: async () => {
      origins.bind(started.config)
      await note()
    },
  }
}
