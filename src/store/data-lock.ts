// The lock of the data folder: one server per folder. It is SQLite's write lock on server.lock, which the kernel releases with the
// process: it cannot go stale, and a reused pid cannot be mistaken for the holder.
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { RouterError } from '../errors.ts'

export interface DataLock {
  release(): void
}

const LOCK_FILE = 'server.lock'

/**
 * Makes the data directory private (0700), creating it where needed, and locks it until `release` or the process's end.
 * Reading server.lock with node:fs in the same process would drop the lock (POSIX), so don't.
 * @throws RouterError `data_directory_in_use` with `details.pid`
 */
export const acquireDataLock = (directory: string): DataLock => {
  const file = join(directory, LOCK_FILE)
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    chmodSync(directory, 0o700)
    if (existsSync(file)) chmodSync(file, 0o600)
    else createOnce(file)
  } catch (error) {
    throw notWritable(directory, error)
  }
  const client = new Database(file, { timeout: 0 })
  try {
    // The holder's pid is in user_version, which others can read while the lock is held.
    client.pragma(`user_version = ${process.pid}`)
    client.exec('BEGIN IMMEDIATE')
  } catch (error) {
    const pid = isBusy(error) ? readPid(client) : null
    client.close()
    if (!isBusy(error)) throw error
    throw new RouterError(
      'data_directory_in_use',
      `Another server (process ${pid}) runs on this data directory. Stop it, or set SIGNALBOX_DATA.`,
      { details: { pid } },
    )
  }
  return {
    release: () => {
      client.close()
    },
  }
}

/** The pid of the server that holds the directory's lock, null where none does. */
export const findDataLockHolder = (directory: string): number | null => {
  const file = join(directory, LOCK_FILE)
  if (!existsSync(file)) return null
  const client = new Database(file, { timeout: 0 })
  try {
    client.exec('BEGIN IMMEDIATE')
    return null
  } catch (error) {
    if (!isBusy(error)) throw error
    return readPid(client)
  } finally {
    client.close()
  }
}

const notWritable = (directory: string, error: unknown): RouterError => {
  const why = error instanceof Error ? error.message : String(error)
  return new RouterError(
    'store_unavailable',
    `The data folder ${directory} cannot be written: ${why}. Give this user the right to, or choose another with --data or SIGNALBOX_DATA.`,
    { cause: error, isRetryable: false },
  )
}

const createOnce = (file: string): void => {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

const readPid = (client: Database.Database): number =>
  Number(client.pragma('user_version', { simple: true }))

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
