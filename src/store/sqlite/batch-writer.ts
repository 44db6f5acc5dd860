// Moves the queue to the worker: by timer, soon when a batch is full, or on flush(). One batch is under way at a time.
// A failure the disk can recover from (full, locked, thread died) is retried after growing pauses; meanwhile the queue
// fills, and what no longer fits is dropped and counted.

import type { Logger } from '../../core/logger.ts'
import { RouterError, toRouterError } from '../../errors.ts'
import type { StoreStats } from '../store.ts'
import { packBatch, type WriteBatch, type WriteEntry } from './batch.ts'
import type { BatchReport } from './engine-operations.ts'
import { backoffMs } from './worker-client.ts'
import type { WriteQueue } from './write-queue.ts'

export interface BatchWriterOptions {
  queue: WriteQueue
  send: (batch: WriteBatch) => Promise<BatchReport>
  flushIntervalMs: number
  batchSize: number
  logger: Logger
}

export interface BatchWriter {
  /** Runs `add`; where that finds the queue full, counts a drop. Never throws. */
  accept(kind: 'decision' | 'completion', add: () => boolean): void
  /** Resolves when all that is queued now is committed. @throws RouterError `store_unavailable` */
  flush(): Promise<void>
  /** Keeps `stats().lastError` true for writes that don't pass through the queue; null is a success. */
  noteWrite(error: RouterError | null): void
  stats(): StoreStats
  /** Last flush; what can't be written in a few tries is dropped, counted and logged. */
  close(): Promise<void>
}

const CLOSING_TRIES = 3

export const createBatchWriter = (options: BatchWriterOptions): BatchWriter => {
  const { queue, logger } = options
  const drops = createDropCount(logger)
  let timer: NodeJS.Timeout | undefined
  let underWay: Promise<void> | null = null
  let failureCount = 0
  let lastError: string | null = null
  let isClosed = false
  let isLogLarge = false

  const schedule = (): void => {
    if (timer || underWay || isClosed || queue.size === 0) return
    const isBatchFull = queue.size >= options.batchSize
    const usualMs = isBatchFull ? 0 : options.flushIntervalMs
    timer = setTimeout(
      () => {
        timer = undefined
        // Its failure is already counted and logged, and schedules the next try.
        sendNext().catch(() => {})
      },
      failureCount > 0 ? backoffMs(failureCount - 1) : usualMs,
    )
  }
  /** A full batch doesn't wait for the timer; a failing disk keeps its pause. */
  const hurry = (): void => {
    if (queue.size !== options.batchSize || failureCount > 0) return
    clearTimeout(timer)
    timer = undefined
  }
  const sendNext = (): Promise<void> => {
    underWay ??= sendBatch().finally(() => {
      underWay = null
      schedule()
    })
    return underWay
  }
  const sendBatch = async (): Promise<void> => {
    const entries = queue.take()
    if (entries.length === 0) return
    try {
      onWritten(await options.send(packBatch(entries)))
    } catch (error) {
      throw onFailed(toRouterError(error), entries)
    }
  }
  const onWritten = (report: BatchReport): void => {
    queue.settle()
    if (failureCount > 0) logger.info({ ...drops.counts() }, 'the database takes decisions again')
    failureCount = 0
    lastError = null
    drops.endOfFailure()
    if (report.rejectedCount > 0) drops.rows(report.rejectedCount, 'the database rejected rows')
    if (report.isLogLarge && !isLogLarge) {
      logger.warn({}, 'the write-ahead log outgrew its limit: a reader holds an old snapshot')
    }
    isLogLarge = report.isLogLarge
  }
  const onFailed = (error: RouterError, entries: readonly WriteEntry[]): RouterError => {
    failureCount++
    lastError = error.message
    logger.warn({ code: error.code, ...error.details, failureCount }, 'a batch was not written')
    if (error.code === 'store_unavailable') return error
    // The batch itself can't be sent or written; trying it again would hold up everything behind it.
    queue.settle()
    drops.rows(entries.length, 'a batch could not be written at all')
    return new RouterError('store_unavailable', 'A batch of decisions was lost.', { cause: error })
  }
  const flush = async (): Promise<void> => {
    const target = queue.addedCount
    while (queue.settledCount < target) await sendNext()
  }

  return {
    accept: (kind, add) => {
      if (isClosed || !add()) return drops.add(kind)
      hurry()
      schedule()
    },
    flush,
    noteWrite: (error) => {
      lastError = error?.message ?? null
    },
    stats: () => ({ queuedDecisions: queue.size, ...drops.counts(), lastError }),
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      for (let tries = 0; tries < CLOSING_TRIES && queue.size > 0; tries++) {
        // Logged by onFailed; what remains is counted below.
        await flush().catch(() => {})
      }
      if (queue.size > 0) drops.rows(queue.size, 'decisions could not be written before closing')
    },
  }
}

/** Counts what was lost, and says so once per failure instead of once per decision. */
const createDropCount = (logger: Logger) => {
  let droppedDecisions = 0
  let droppedCompletions = 0
  let isReported = false
  return {
    add: (kind: 'decision' | 'completion'): void => {
      if (kind === 'decision') droppedDecisions++
      else droppedCompletions++
      if (isReported) return
      isReported = true
      logger.error({}, 'the decision queue is full or closed: decisions are being dropped')
    },
    rows: (count: number, message: string): void => {
      droppedDecisions += count
      logger.error({ count }, message)
    },
    endOfFailure: (): void => {
      isReported = false
    },
    counts: () => ({ droppedDecisions, droppedCompletions }),
  }
}
