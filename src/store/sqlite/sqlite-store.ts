// The Store on SQLite, main-thread half. Decisions go into a bounded queue and on to the worker in batches; whatever must
// see a queued decision flushes first. A batch that failed stays at the head and is sent again: order is never changed.

import type { Logger } from '../../core/logger.ts'
import { toRouterError } from '../../errors.ts'
import { entryPoint } from '../../jobs/entry-point.ts'
import type { StoreFacts } from '../loss/find-loss.ts'
import type { Store, StoreText } from '../store.ts'
import { createBatchWriter } from './batch-writer.ts'
import type { ExpiryQuery } from './decision-table.ts'
import { createHistory } from './history.ts'
import type { Migration } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import { toCompletionRow, toDecisionRow } from './rows.ts'
import { startWorkerClient } from './worker-client.ts'
import { createWriteQueue } from './write-queue.ts'

export interface SqliteStoreOptions {
  /** Path of the database; a missing folder is made with mode 0700. */
  file: string
  storeText: StoreText
  flushIntervalMs: number
  /** Most decisions and completions that wait to be written. */
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
  /** Another worker module, for tests of its death. */
  workerEntry?: URL
  logger: Logger
  now?: () => number
}

/** Store plus what only an embedded database needs. */
export interface SqliteStore extends Store {
  /** One chunk of retention; see retention.ts. @returns how many decisions went */
  deleteExpired(query: ExpiryQuery): Promise<number>
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
  const { file, storeText, logger, now = Date.now } = options
  const client = await startWorkerClient({
    entry: options.workerEntry ?? entryPoint(import.meta.url, './worker.js'),
    options: {
      file,
      busyTimeoutMs: options.busyTimeoutMs ?? 5_000,
      readOnly: options.readOnly ?? false,
      onCorrupt: options.onCorrupt ?? 'move_aside',
      maxPages: options.maxPages ?? null,
      migrations: options.migrations ?? MIGRATIONS,
      nowMs: now(),
    },
    logger,
  })
  if (client.movedAside) {
    logger.error(
      { movedAside: client.movedAside },
      'the database was damaged: it was moved aside and an empty one is in use',
    )
  }
  const queue = createWriteQueue({ limit: options.queueLimit, batchSize: BATCH_SIZE })
  const writer = createBatchWriter({
    queue,
    send: (batch) => client.call('writeBatch', batch, [batch.vectors.buffer]),
    flushIntervalMs: options.flushIntervalMs,
    batchSize: BATCH_SIZE,
    logger,
  })
  let closing: Promise<void> | undefined
  const flushIfQueued = async (id: string): Promise<void> => {
    if (queue.has(id)) await writer.flush()
  }
  const noted = async <T>(write: Promise<T>): Promise<T> => {
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

  return {
    recordDecision: (decision, outcome) =>
      writer.accept('decision', () =>
        queue.addDecision(toDecisionRow(decision, outcome, storeText)),
      ),
    completeDecision: (id, completion) =>
      writer.accept('completion', () => queue.addCompletion(id, toCompletionRow(completion))),
    getDecision: async (id) => {
      await flushIfQueued(id)
      return client.call('getDecision', id)
    },
    listDecisions: async (query) => {
      // While writes fail the log can still be read: it shows what is committed, and stats() says what is not.
      await writer.flush().catch(() => {})
      return client.call('listDecisions', query)
    },
    addFeedback: async (feedback) => {
      await flushIfQueued(feedback.decisionId)
      const comment = storeText === 'off' ? null : feedback.comment
      return noted(client.call('addFeedback', { ...feedback, comment }))
    },
    countNewVotes: (sinceMs) => client.call('countNewVotes', sinceMs),
    addVotes: async (votes) => {
      await writer.flush()
      const kept = storeText === 'off' ? votes.map((vote) => ({ ...vote, comment: null })) : votes
      return noted(client.call('addVotes', kept))
    },
    listRoutesTaken: async (ids) => {
      await writer.flush()
      return client.call('listRoutesTaken', ids)
    },
    countForgettable: async (query) => {
      await writer.flush()
      return client.call('countForgettable', query)
    },
    listVotes: (query) => client.call('listVotes', query),
    ...createHistory({ client, flush: writer.flush, noted, now }),
    addRuling: (ruling) => noted(client.call('addRuling', ruling)),
    listRulings: () => client.call('listRulings', null),
    addShadowDecisions: (rows) => noted(client.call('addShadowDecisions', rows)),
    shadowSummary: async (generation) => {
      await writer.flush().catch(() => {})
      return client.call('shadowSummary', generation)
    },
    listArmVotes: (query) => client.call('listArmVotes', query),
    saveConfigVersion: (version) => noted(client.call('saveConfigVersion', version)),
    addConfigActivation: (activation) => noted(client.call('addConfigActivation', activation)),
    listConfigVersions: () => client.call('listConfigVersions', null),
    listConfigActivations: () => client.call('listConfigActivations', null),
    createKey: (key) => noted(client.call('createKey', key)),
    listKeys: () => client.call('listKeys', null),
    revokeKey: (revocation) => noted(client.call('revokeKey', revocation)),
    readKeyUsage: (sinceDay) => client.call('readKeyUsage', sinceDay),
    writeKeyUsage: (rows) => noted(client.call('writeKeyUsage', rows)),
    flush: () => writer.flush(),
    stats: () => writer.stats(),
    deleteExpired: (query) => client.call('deleteExpired', query),
    checkpoint: async () => {
      await client.call('checkpoint', null)
    },
    limitPages: (pages) => client.call('limitPages', pages),
    readFacts: async () => {
      await writer.flush().catch(() => {})
      return client.call('readFacts', null)
    },
    close: () => {
      closing ??= writer.close().then(() => client.close())
      return closing
    },
  }
}
