// Maps SQLite's result codes to errors of the store. Drizzle's messages quote statements and values, so only SQLite's own are used.
import Database from 'better-sqlite3'
import { RouterError } from '../../errors.ts'

/** The SqliteError in an error's chain of causes, or null. */
export const findSqliteError = (
  error: unknown,
): InstanceType<typeof Database.SqliteError> | null => {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof Database.SqliteError) return at
  }
  return null
}

/** True where the file is not a database or its pages contradict each other. */
export const isCorruption = (error: unknown): boolean => {
  const code = findSqliteError(error)?.code ?? ''
  return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')
}

/** True where the row itself is invalid, so that no retry can succeed. */
export const isRowFault = (error: unknown): boolean => {
  const sqliteError = findSqliteError(error)
  if (!sqliteError) return !(error instanceof RouterError)
  return /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(sqliteError.code)
}

/** SQLite's errors as `store_unavailable` with `details.sqliteCode`; RouterErrors unchanged; others as `internal`. */
export const toStoreError = (error: unknown): RouterError => {
  if (error instanceof RouterError) return error
  const sqliteError = findSqliteError(error)
  if (!sqliteError) return toFileError(error)
  return new RouterError(
    'store_unavailable',
    `The database refused: ${sqliteError.code}: ${sqliteError.message}`,
    { cause: sqliteError, details: { sqliteCode: sqliteError.code } },
  )
}

/** A file system error while the database file was created or opened; its message names the call and the path. */
const toFileError = (error: unknown): RouterError => {
  const { code, path, message } = (error ?? {}) as NodeJS.ErrnoException
  return typeof code === 'string' && typeof path === 'string'
    ? new RouterError(
        'store_unavailable',
        `The database file cannot be opened: ${message}. Choose another data folder with --data or SIGNALBOX_DATA, or repair this one.`,
        { cause: error, isRetryable: false },
      )
    : new RouterError('internal', 'The store failed unexpectedly.', { cause: error })
}
