// What SQLite's result codes mean to the store. Messages of drizzle quote statements and values, so only SQLite's own pass.
import Database from 'better-sqlite3'
import { RouterError } from '../../errors.ts'

/** The SqliteError in an error's chain of causes, null where it is none. */
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

/** True where the row itself is at fault, so that writing it again can't succeed however healthy the disk is. */
export const isRowFault = (error: unknown): boolean => {
  const sqliteError = findSqliteError(error)
  if (!sqliteError) return !(error instanceof RouterError)
  return /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(sqliteError.code)
}

/** SQLite's refusals as `store_unavailable` with `details.sqliteCode`; RouterErrors as they are; the rest as `internal`. */
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

/** What the file system refused when the database's file was made or opened; its message names the call and the path. */
const toFileError = (error: unknown): RouterError => {
  const { code, path, message } = (error ?? {}) as NodeJS.ErrnoException
  return typeof code === 'string' && typeof path === 'string'
    ? new RouterError(
        'store_unavailable',
        `The database file cannot be opened: ${message}. Choose another data folder with --data or SIGNALBOX_DATA, or mend this one.`,
        { cause: error, isRetryable: false },
      )
    : new RouterError('internal', 'The store failed unexpectedly.', { cause: error })
}
