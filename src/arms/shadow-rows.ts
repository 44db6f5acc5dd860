// Writes the shadow's decisions to the database in batches.
import type { Logger } from '../core/logger.ts'
import type { ShadowDecision } from '../core/records/arm-records.ts'
import { toRouterError } from '../errors.ts'
import type { Store } from '../store/store.ts'

export interface ShadowRowsOptions {
  store: Pick<Store, 'addShadowDecisions'>
  logger: Logger
  /** Rows per write. */
  batchSize?: number
  /** Longest wait of a row for its batch to fill, milliseconds. */
  batchMs?: number
}

/** Collects rows until a batch is full or old, then writes it; a batch that cannot be written is dropped. */
export const createShadowRows = (options: ShadowRowsOptions, onDropped: (rows: number) => void) => {
  const { store, logger, batchSize = 64, batchMs = 1_000 } = options
  let rows: ShadowDecision[] = []
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()
  let hasFailed = false
  const write = async (batch: ShadowDecision[]): Promise<void> => {
    try {
      await store.addShadowDecisions(batch)
      hasFailed = false
    } catch (error) {
      onDropped(batch.length)
      if (!hasFailed) {
        const { code } = toRouterError(error)
        logger.warn({ rows: batch.length, code }, 'Decisions of the shadow could not be written.')
      }
      hasFailed = true
    }
  }
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const batch = rows
    rows = []
    if (batch.length > 0) writing = writing.then(() => write(batch))
    return writing
  }
  const add = (row: ShadowDecision): void => {
    rows.push(row)
    if (rows.length >= batchSize) void flush()
    else timer ??= setTimeout(() => void flush(), batchMs).unref()
  }
  return { add, flush }
}
