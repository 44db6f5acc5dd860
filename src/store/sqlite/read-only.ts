// Opens the database read-only, beside the writer, for jobs and replays.
import { silentLogger } from '../../core/logger.ts'
import type { Store } from '../store.ts'
import { createSqliteStore } from './sqlite-store.ts'

/** @throws RouterError `store_unavailable` */
export const openReadOnly = (file: string): Promise<Store> =>
  createSqliteStore({
    file,
    storeText: 'full', // only affects writes
    flushIntervalMs: 1_000,
    queueLimit: 1,
    readOnly: true,
    onCorrupt: 'refuse',
    logger: silentLogger,
  })

/** Calls `use` with the database, and closes it. @throws RouterError `store_unavailable` */
export const withReadOnly = async <T>(
  file: string,
  use: (store: Store) => Promise<T>,
): Promise<T> => {
  const store = await openReadOnly(file)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
