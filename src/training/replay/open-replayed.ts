// What a replay reads from disk, opened without writing: the generation as its manifest describes it, and the database.

import { silentLogger } from '../../core/logger.ts'
import { createSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { Store } from '../../store/store.ts'
import type { Generation } from '../../vector-index/generation.ts'
import { readManifest } from '../../vector-index/generation-check.ts'
import { loadGeneration } from '../../vector-index/generation-loader.ts'

/** @throws RouterError `index_invalid` */
export const openGeneration = async (dir: string, number: number): Promise<Generation> => {
  const { encoderId, dimensions } = await readManifest(dir, number)
  return loadGeneration(dir, number, { encoderId, dimensions })
}

/** Calls `use` with the database, read-only, and closes it. @throws RouterError `store_unavailable` */
export const withStore = async <T>(file: string, use: (store: Store) => Promise<T>): Promise<T> => {
  const store = await createSqliteStore({
    file,
    storeText: 'full', // of writes, which there are none of
    flushIntervalMs: 1_000,
    queueLimit: 1,
    readOnly: true,
    onCorrupt: 'refuse',
    logger: silentLogger,
  })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
