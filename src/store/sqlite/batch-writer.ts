// Moves the queue to the worker: by timer, soon when a batch is full, or on flush(). One batch is under way at a time.
// A failure the disk can recover from (full, locked, thread died) is retried after growing pauses; meanwhile the queue
// fills, and what no longer fits is dropped and counted.

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

/** Says when the next batch goes: by timer, at once where a batch is full, after a pause where the last one failed. */
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
