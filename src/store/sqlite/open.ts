// Opens the database file: private modes, pragmas, damage check, migrations. A damaged file is moved aside, never overwritten. The file
// is never opened with node:fs: closing any descriptor of it would release SQLite's POSIX locks.
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { RouterError } from '../../errors.ts'
import { identify, noteReplaced } from './facts-table.ts'
import {
  type Migration,
  type MigrationStep,
  migrate,
  refuseNewerSchema,
  requireCurrentSchema,
} from './migrate.ts'
import { isCorruption } from './sqlite-error.ts'

/**
 * Of pages. The driver's own 16 MB only hold what the system's file cache holds as well: rows are written at the end, and read rarely.
 * A decision takes as long to write as with 4 MB; with 0.5 MB a fifth longer.
 */
const CACHE_KIB = 1_024

export interface OpenOptions {
  file: string
  /** How long a statement waits for another process's lock. */
  busyTimeoutMs: number
  readOnly: boolean
  /** What to do with a damaged file; `refuse` for programs that open the file beside a running server. */
  onCorrupt: 'move_aside' | 'refuse'
  nowMs: number
  migrations: readonly Migration[]
  onMigration?: (step: MigrationStep) => void
}

export interface OpenedDatabase {
  client: Database.Database
  db: BetterSQLite3Database
  /** Path that a damaged file was moved to, null for an undamaged one. */
  movedAside: string | null
}

/** The log is truncated to this when it is reset, and the store warns while it is larger. */
export const WAL_LIMIT_BYTES = 64 * 1024 * 1024

/** Larger files are not checked completely: 256 MiB take about a second. */
const CHECKED_BYTES = 256 * 1024 * 1024

/**
 * @throws RouterError `store_unavailable` (not retryable) for a newer schema, or a damaged file under `refuse`
 * @throws SqliteError where the file can't be opened or locked
 */
export const openDatabase = (options: OpenOptions): OpenedDatabase => {
  try {
    return { ...openSound(options), movedAside: null }
  } catch (error) {
    if (!isCorruption(error)) throw error
    if (options.onCorrupt === 'refuse' || options.readOnly) {
      throw new RouterError('store_unavailable', 'The database file is damaged.', {
        cause: error,
        isRetryable: false,
        details: { reason: 'damaged' },
      })
    }
  }
  const movedAside = moveAside(options.file, options.nowMs)
  const opened = openSound(options)
  noteReplaced(opened.db, movedAside, options.nowMs)
  return { ...opened, movedAside }
}

const openSound = (options: OpenOptions): Omit<OpenedDatabase, 'movedAside'> => {
  if (!options.readOnly) createPrivately(options.file)
  const client = new Database(options.file, {
    timeout: options.busyTimeoutMs,
    readonly: options.readOnly,
    fileMustExist: true,
  })
  try {
    const db = drizzle({ client })
    if (options.readOnly) {
      requireCurrentSchema(db, options.migrations)
      return { client, db }
    }
    refuseNewerSchema(db, options.migrations)
    configure(client)
    requireSound(client)
    migrate(db, options.migrations, options.onMigration)
    identify(db)
    return { client, db }
  } catch (error) {
    client.close()
    throw error
  }
}

/** Folder 0700 where it is new, file 0600; SQLite gives -wal and -shm the mode of the file. */
const createPrivately = (file: string): void => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  if (existsSync(file)) chmodSync(file, 0o600)
  else closeSync(openSync(file, 'wx', 0o600))
}

const configure = (client: Database.Database): void => {
  // auto_vacuum must be set first, on an empty database; retention uses it to free pages.
  const isEmpty = client.pragma('page_count', { simple: true }) === 0
  if (isEmpty) client.pragma('auto_vacuum = INCREMENTAL')
  client.pragma('journal_mode = WAL')
  client.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`)
  client.pragma(`cache_size = -${CACHE_KIB}`)
  client.pragma('synchronous = NORMAL')
  client.pragma('foreign_keys = ON')
  client.pragma('trusted_schema = OFF')
  // Zeroes deleted data, so that prompts do not stay in free pages.
  client.pragma('secure_delete = ON')
}

const requireSound = (client: Database.Database): void => {
  const pages = Number(client.pragma('page_count', { simple: true }))
  const pageSize = Number(client.pragma('page_size', { simple: true }))
  if (pages * pageSize > CHECKED_BYTES) return
  const result = client.pragma('quick_check(1)', { simple: true })
  if (result !== 'ok') throw new Database.SqliteError('quick_check failed', 'SQLITE_CORRUPT')
}

const moveAside = (file: string, nowMs: number): string => {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')
  const target = `${file}.corrupt-${stamp}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (statSync(file + suffix, { throwIfNoEntry: false })) {
      renameSync(file + suffix, target + suffix)
    }
  }
  return target
}
