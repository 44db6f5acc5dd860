// The store on SQLite, main-thread part. Decisions go through a bounded queue to the worker in batches; operations that must see queued
// decisions flush first. A failed batch stays at the head and is sent again: the order never changes.

import type { Logger } from '../../core/logger.ts'
import type { Feedback } from '../../core/records/feedback.ts'
import { toRouterError } from '../../errors.ts'
import { entryPoint } from '../../jobs/entry-point.ts'
import type { StoreFacts } from '../loss/find-loss.ts'
import type { Store, StoreText } from '../store.ts'
import { type BatchWriter, createBatchWriter } from './batch-writer.ts'
import type { ExpiryQuery } from './decision-table.ts'
import { createHistory } from './history.ts'
import type { Migration } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import { createPlainCalls, type StoreCalls } from './plain-calls.ts'
import { toCompletionRow, toDecisionRow } from './rows.ts'
import { startWorkerClient, type WorkerClient } from './worker-client.ts'
import { startWorkerThread, type WorkerThread, type WorkerThreadOptions } from './worker-thread.ts'
import { createWriteQueue, type WriteQueue } from './write-queue.ts'

export interface SqliteStoreOptions {
  /** Path of the database; a missing folder is created with mode 0700. */
  file: string
  storeText: StoreText
  flushIntervalMs: number
  /** Most queued decisions and completions. */
  queueLimit: number
  /** How long a write waits for another process's lock before it fails and is tried again. */
  busyTimeoutMs?: number
  /** Opens an existing database without writing to it, e.g. from a script beside a running server. */
  readOnly?: boolean
  /** A damaged file is moved aside by the server (the default); scripts `refuse`, because a server may use it. */
  onCorrupt?: 'move_aside' | 'refuse'
  /** Most pages of 4096 bytes the file may grow to; null is no limit. */
  maxPages?: number | null
  /** Other migrations than this program's own, for tests of upgrades. */
  migrations?: readonly Migration[]
  /** Takes the place of the worker thread in tests: dies, or is none. */
  startThread?: (options: WorkerThreadOptions) => WorkerThread
  logger: Logger
  now?: () => number
}

/** Store plus what only an embedded database needs. */
export interface SqliteStore extends Store {
  /** One chunk of retention; see retention.ts. @returns how many decisions went */
  deleteExpired(query: ExpiryQuery): Promise<number>
  /** @returns how many went */
  deleteExpiredResponses(nowMs: number): Promise<number>
  /** Prompts that were measured and imported before this. @returns how many went */
  deleteExpiredEvaluations(beforeMs: number): Promise<number>
  /** Sums of minutes and hours that are no longer kept. @returns how many went */
  deleteExpiredUsage(nowMs: number): Promise<number>
  /** Truncates the write-ahead log. */
  checkpoint(): Promise<void>
  limitPages(pages: number | null): Promise<void>
  /** With all that waited to be written, where it can be; see loss/find-loss.ts. */
  readFacts(): Promise<StoreFacts>
}

// Packing and posting a batch takes the main loop under a millisecond at this size.
const BATCH_SIZE = 64

/**
 * Opens or makes the database and resolves when it is ready.
 * @throws RouterError `store_unavailable`, not retryable where the schema is newer or (under `refuse`) the file damaged
 */
export const createSqliteStore = async (options: SqliteStoreOptions): Promise<SqliteStore> => {
  const { storeText, logger, now = Date.now } = options
  const client = await startClient(options, now())
  const queue = createWriteQueue({ limit: options.queueLimit, batchSize: BATCH_SIZE })
  const writer = createBatchWriter({
    queue,
    send: (batch) => client.call('writeBatch', batch, [batch.vectors.buffer]),
    flushIntervalMs: options.flushIntervalMs,
    batchSize: BATCH_SIZE,
    logger,
  })
  const calls: StoreCalls = { client, flush: writer.flush, noted: createNoted(writer) }
  let closing: Promise<void> | undefined
  return {
    ...createPlainCalls(calls),
    ...createHistory(calls, now),
    ...createQueuedCalls({ ...calls, queue, storeText }),
    recordDecision: (decision, outcome) =>
      writer.accept('decision', () =>
        queue.addDecision(toDecisionRow(decision, outcome, storeText)),
      ),
    completeDecision: (id, completion) =>
      writer.accept('completion', () => queue.addCompletion(id, toCompletionRow(completion))),
    flush: () => writer.flush(),
    stats: () => writer.stats(),
    deleteExpired: (query) => client.call('deleteExpired', query),
    checkpoint: async () => {
      await client.call('checkpoint', null)
    },
    limitPages: (pages) => client.call('limitPages', pages),
    close: () => {
      closing ??= writer.close().then(() => client.close())
      return closing
    },
  }
}

const startClient = async (options: SqliteStoreOptions, nowMs: number): Promise<WorkerClient> => {
  const { logger, startThread = startWorkerThread } = options
  const threadOptions: WorkerThreadOptions = {
    entry: entryPoint(import.meta.url, './worker.js'),
    options: {
      file: options.file,
      busyTimeoutMs: options.busyTimeoutMs ?? 5_000,
      readOnly: options.readOnly ?? false,
      onCorrupt: options.onCorrupt ?? 'move_aside',
      maxPages: options.maxPages ?? null,
      migrations: options.migrations ?? MIGRATIONS,
      nowMs,
    },
    logger,
  }
  const client = await startWorkerClient({ start: () => startThread(threadOptions), logger })
  if (client.movedAside) {
    logger.error(
      { movedAside: client.movedAside },
      'the database was damaged: it was moved aside and an empty one is in use',
    )
  }
  return client
}

const createNoted =
  (writer: BatchWriter): StoreCalls['noted'] =>
  async (write) => {
    try {
      const result = await write
      writer.noteWrite(null)
      return result
    } catch (error) {
      const routerError = toRouterError(error)
      if (routerError.code === 'store_unavailable') writer.noteWrite(routerError)
      throw routerError
    }
  }

/** What is about decisions that may still wait to be written. */
const createQueuedCalls = ({
  client,
  flush,
  noted,
  queue,
  storeText,
}: StoreCalls & { queue: WriteQueue; storeText: StoreText }): Pick<
  Store,
  'getDecision' | 'addFeedback' | 'addVotes'
> => {
  const flushIfQueued = async (id: string): Promise<void> => {
    if (queue.has(id)) await flush()
  }
  const keptOf = (vote: Feedback): Feedback =>
    storeText === 'off' ? { ...vote, comment: null } : vote
  return {
    getDecision: async (id) => {
      await flushIfQueued(id)
      return client.call('getDecision', id)
    },
    addFeedback: async (feedback) => {
      await flushIfQueued(feedback.decisionId)
      return noted(client.call('addFeedback', keptOf(feedback)))
    },
    addVotes: async (votes) => {
      await flush()
      return noted(client.call('addVotes', votes.map(keptOf)))
    },
  }
}
