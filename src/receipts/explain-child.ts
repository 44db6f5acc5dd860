// The explaining process: loading a generation and reading the log block a thread, and the serving loop must not feel it.
import { silentLogger } from '../core/logger.ts'
import { serveChildJob } from '../jobs/child-job.ts'
import { createSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { explainMany } from './explain-decision.ts'
import type { ExplainJob } from './explain-job.ts'
import type { Receipt } from './receipt.ts'

serveChildJob(async ({ ids, databaseFile, indexDir }: ExplainJob): Promise<(Receipt | null)[]> => {
  const store = await createSqliteStore({
    file: databaseFile,
    storeText: 'full',
    flushIntervalMs: 1_000,
    queueLimit: 1,
    readOnly: true,
    onCorrupt: 'refuse',
    logger: silentLogger,
  })
  try {
    return await explainMany(ids, { store, indexDir })
  } finally {
    await store.close()
  }
})
