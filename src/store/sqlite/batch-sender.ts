// Sends one batch of the queue to the worker, and keeps what the outcome says of the disk.
import type { Logger } from '../../core/logger.ts'
import { RouterError, toRouterError } from '../../errors.ts'
import { packBatch, type WriteBatch, type WriteEntry } from './batch.ts'
import type { DropCount } from './drop-count.ts'
import type { BatchReport } from './engine-operations.ts'
import type { WriteQueue } from './write-queue.ts'

export interface BatchSender {
  /** Sends the next batch, if there is one. @throws RouterError `store_unavailable` */
  send(): Promise<void>
  /** Failures since the last batch that was written. */
  failureCount(): number
  lastError: string | null
}

export interface BatchSenderOptions {
  queue: WriteQueue
  send: (batch: WriteBatch) => Promise<BatchReport>
  drops: DropCount
  logger: Logger
}

export const createBatchSender = ({
  queue,
  send,
  drops,
  logger,
}: BatchSenderOptions): BatchSender => {
  let failureCount = 0
  let isLogLarge = false

  const onWritten = (report: BatchReport): void => {
    queue.settle()
    if (failureCount > 0) logger.info({ ...drops.counts() }, 'the database takes decisions again')
    failureCount = 0
    sender.lastError = null
    drops.endOfFailure()
    if (report.rejectedCount > 0) drops.rows(report.rejectedCount, 'the database rejected rows')
    if (report.isLogLarge && !isLogLarge) {
      logger.warn({}, 'the write-ahead log outgrew its limit: a reader holds an old snapshot')
    }
    isLogLarge = report.isLogLarge
  }
  const onFailed = (error: RouterError, entries: readonly WriteEntry[]): RouterError => {
    failureCount++
    sender.lastError = error.message
    logger.warn({ code: error.code, ...error.details, failureCount }, 'a batch was not written')
    if (error.code === 'store_unavailable') return error
    // The batch itself can't be sent or written; trying it again would hold up everything behind it.
    queue.settle()
    drops.rows(entries.length, 'a batch could not be written at all')
    return new RouterError('store_unavailable', 'A batch of decisions was lost.', { cause: error })
  }
  const sender: BatchSender = {
    send: async () => {
      const entries = queue.take()
      if (entries.length === 0) return
      try {
        onWritten(await send(packBatch(entries)))
      } catch (error) {
        throw onFailed(toRouterError(error), entries)
      }
    },
    failureCount: () => failureCount,
    lastError: null,
  }
  return sender
}
