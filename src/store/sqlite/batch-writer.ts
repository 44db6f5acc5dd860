// Moves the queue to the worker: by timer, at once when a batch is full, or on flush(). One batch is under way at a time. Recoverable
// failures (disk full, locked, thread died) are retried with increasing delays; meanwhile the queue fills, and what does not fit is
// dropped and counted.

import type { RouterError } from '../../errors.ts'
import type { StoreStats } from '../store.ts'
import { type BatchSender, type BatchSenderOptions, createBatchSender } from './batch-sender.ts'
import { createDropCount } from './drop-count.ts'
import { backoffMs } from './worker-client.ts'

export interface BatchWriterOptions extends Omit<BatchSenderOptions, 'drops'> {
  flushIntervalMs: number
  batchSize: number
}

export interface BatchWriter {
  /** Runs `add`; counts a drop where the queue is full. Never throws. */
  accept(kind: 'decision' | 'completion', add: () => boolean): void
  /** Resolves when all that is queued now is committed. @throws RouterError `store_unavailable` */
  flush(): Promise<void>
  /** Updates `stats().lastError` for writes that bypass the queue; null is a success. */
  noteWrite(error: RouterError | null): void
  stats(): StoreStats
  /** Flushes a last time; what cannot be written in a few attempts is dropped, counted and logged. */
  close(): Promise<void>
}

const CLOSING_TRIES = 3

export const createBatchWriter = (options: BatchWriterOptions): BatchWriter => {
  const { queue, logger } = options
  const drops = createDropCount(logger)
  const sender = createBatchSender({ ...options, drops })
  const pump = createPump(options, sender)
  let isClosed = false
  const flush = async (): Promise<void> => {
    const target = queue.addedCount
    while (queue.settledCount < target) await pump.sendNext()
  }
  return {
    accept: (kind, add) => {
      if (isClosed || !add()) return drops.add(kind)
      pump.added()
    },
    flush,
    noteWrite: sender.noteWrite,
    stats: () => ({
      queuedDecisions: queue.size,
      ...drops.counts(),
      lastError: sender.lastError(),
    }),
    close: async () => {
      isClosed = true
      pump.stop()
      for (let tries = 0; tries < CLOSING_TRIES && queue.size > 0; tries++) {
        // Logged by the sender; what remains is counted below.
        await flush().catch(() => {})
      }
      if (queue.size > 0) drops.rows(queue.size, 'decisions could not be written before closing')
    },
  }
}

/** Schedules the next batch: by timer, at once for a full batch, after a delay where the last one failed. */
const createPump = (options: BatchWriterOptions, sender: BatchSender) => {
  const { queue, batchSize, flushIntervalMs } = options
  let timer: NodeJS.Timeout | undefined
  let underWay: Promise<void> | null = null
  let isStopped = false
  const delayMs = (): number => {
    if (sender.failureCount() > 0) return backoffMs(sender.failureCount() - 1)
    return queue.size >= batchSize ? 0 : flushIntervalMs
  }
  const schedule = (): void => {
    if (timer || underWay || isStopped || queue.size === 0) return
    timer = setTimeout(() => {
      timer = undefined
      // Its failure is already counted and logged, and schedules the next try.
      sendNext().catch(() => {})
    }, delayMs())
  }
  const sendNext = (): Promise<void> => {
    underWay ??= sender.send().finally(() => {
      underWay = null
      schedule()
    })
    return underWay
  }
  return {
    added: (): void => {
      // A full batch doesn't wait for the timer; a failing disk keeps its pause.
      if (queue.size === batchSize && sender.failureCount() === 0) {
        clearTimeout(timer)
        timer = undefined
      }
      schedule()
    },
    sendNext,
    stop: (): void => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
