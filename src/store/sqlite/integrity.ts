// SQLite's integrity check, on a read-only connection beside the writer.
import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { findSqliteError, isCorruption, toStoreError } from './sqlite-error.ts'

export interface Integrity {
  state: 'sound' | 'damaged' | 'absent' | 'too_large'
  bytes: number
  /** The first problem found; null where there is none. Names pages and tables, never values. */
  problem: string | null
}

/** Largest file that is checked: some four seconds of reading. */
const MAX_BYTES = 1024 ** 3
const BUSY_TIMEOUT_MS = 2_000

/** @throws RouterError `store_unavailable` where the file cannot be opened for another reason than damage */
export const checkIntegrity = (file: string): Integrity => {
  if (!existsSync(file)) return { state: 'absent', bytes: 0, problem: null }
  let client: Database.Database | null = null
  try {
    client = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    const [pages, size] = ['page_count', 'page_size'].map((name) =>
      Number(client?.pragma(name, { simple: true })),
    )
    const bytes = (pages ?? 0) * (size ?? 0)
    if (bytes > MAX_BYTES) return { state: 'too_large', bytes, problem: null }
    const said = String(client.pragma('quick_check(1)', { simple: true }))
    return said === 'ok'
      ? { state: 'sound', bytes, problem: null }
      : { state: 'damaged', bytes, problem: said.replaceAll('\n', ' ').slice(0, 200) }
  } catch (error) {
    if (!isCorruption(error)) throw toStoreError(error)
    return { state: 'damaged', bytes: 0, problem: findSqliteError(error)?.code ?? null }
  } finally {
    client?.close()
  }
}
