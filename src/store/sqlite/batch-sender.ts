// Sends one batch of the queue to the worker, and tracks the health of the disk by the outcomes.
import type { Logger } from '../../core/logger.ts'
import { RouterError, toRouterError } from '../../errors.ts'
import { packBatch, type WriteBatch } from './batch.ts'
import type { DropCount } from './drop-count.ts'
import type { BatchReport } from './engine-operations.ts'
import type { WriteQueue } from './write-queue.ts'

export interface BatchSender {
  /** Sends the next batch, if there is one. @throws RouterError `store_unavailable` */
  send(): Promise<void>
  /** Failures since the last batch that was written. */
  failureCount(): number
  lastError(): string | null
  /** The outcome of a write that was not a batch; null is a success. */
  noteWrite(error: RouterError | null): void
}

export interface BatchSenderOptions {
  queue: WriteQueue
  send: (batch: WriteBatch) => Promise<BatchReport>
  drops: DropCount
  logger: Logger
}

/** Health of the disk, by the outcomes so far. */
interface Health {
  failureCount: number
  lastError: string | null
  isLogLarge: boolean
}

const noteWritten = (
  { queue, drops, logger }: BatchSenderOptions,
  health: Health,
  { rejectedCount, isLogLarge }: BatchReport,
): void => {
  queue.settle()
  if (health.failureCount > 0) {
    logger.info({ ...drops.counts() }, 'the database accepts decisions again')
  }
  drops.endOfFailure()
  if (rejectedCount > 0) drops.rows(rejectedCount, 'the database rejected rows')
  if (isLogLarge && !health.isLogLarge) {
    logger.warn({}, 'the write-ahead log outgrew its limit: a reader holds an old snapshot')
  }
  Object.assign(health, { failureCount: 0, lastError: null, isLogLarge })
}

/** @returns the error for those who wait for the batch */
const noteFailed = (
  { queue, drops, logger }: BatchSenderOptions,
  health: Health,
  { error, count }: { error: RouterError; count: number },
): RouterError => {
  health.failureCount++
  health.lastError = error.message
  const { code, details } = error
  const { failureCount } = health
  logger.warn({ code, ...details, failureCount }, 'a batch was not written')
  if (code === 'store_unavailable') return error
  // The batch itself cannot be sent or written; a retry would block everything behind it.
  queue.settle()
  drops.rows(count, 'a batch could not be written at all')
  return new RouterError('store_unavailable', 'A batch of decisions was lost.', { cause: error })
}

export const createBatchSender = (options: BatchSenderOptions): BatchSender => {
  const health: Health = { failureCount: 0, lastError: null, isLogLarge: false }
  return {
    send: async () => {
      const entries = options.queue.take()
      if (entries.length === 0) return
      try {
        noteWritten(options, health, await options.send(packBatch(entries)))
      } catch (error) {
        throw noteFailed(options, health, { error: toRouterError(error), count: entries.length })
      }
    },
    failureCount: () => health.failureCount,
    lastError: () => health.lastError,
    noteWrite: (error) => {
      health.lastError = error?.message ?? null
    },
  }
}
