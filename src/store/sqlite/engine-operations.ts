// The worker's part of store methods that work on both threads (pages, packed rows, chunks), and operations on the database file.
import { statSync } from 'node:fs'
import type { Feedback } from '../../core/records/feedback.ts'
import type { StoredDecision } from '../../core/records/stored-decision.ts'
import type { Forgotten, ReplayQuery } from '../store.ts'
import { unpackBatch, type WriteBatch } from './batch.ts'
import type { Connection } from './connection.ts'
import {
  deleteExpired,
  type ExpiryQuery,
  prepareWriteEntries,
  readDecision,
} from './decision-table.ts'
import {
  type FeedbackPage,
  type FeedbackPageQuery,
  readFeedbackPage,
  writeFeedback,
} from './feedback-table.ts'
import { type ForgetChunk, forgetChunk, isErasureDue, noteErasure } from './forget-table.ts'
import { type OpenOptions, WAL_LIMIT_BYTES } from './open.ts'
import type { PackedRows } from './packed-rows.ts'
import { readReplayRows } from './replay-table.ts'
import { readShadowPage, type ShadowPage, type ShadowPageQuery } from './shadow-table.ts'
import { isRowFault } from './sqlite-error.ts'
import { writeVotes } from './votes-table.ts'

export interface BatchReport {
  /** Rows that cannot be written by a retry. */
  rejectedCount: number
  /** True while the write-ahead log is larger than its limit. */
  isLogLarge: boolean
}

export interface EngineOperations {
  writeBatch(batch: WriteBatch): BatchReport
  getDecision(id: string): StoredDecision | null
  addFeedback(vote: Feedback): { replaced: boolean }
  addVotes(votes: Feedback[]): boolean[]
  /** Votes with their decisions, `limit` at a time: unpackFeedback unpacks them. */
  listFeedback(query: FeedbackPageQuery): FeedbackPage
  /** Unpacked by unpackReplayRows. */
  listReplayRows(query: ReplayQuery): PackedRows
  /** One page of the summary, newest first. */
  shadowSummary(query: ShadowPageQuery): ShadowPage
  /** One chunk of `forget`; finished when it reports fewer decisions than `limit`. */
  forget(chunk: ForgetChunk): Forgotten
  /**
   * Rewrites the file without the deleted texts, and truncates the log. False where another connection still reads from the log: call
   * it again.
   */
  erase(none: null): boolean
  /** One chunk of deletions. @returns the number of deleted decisions */
  deleteExpired(query: ExpiryQuery): number
  /** Moves the write-ahead log into the file and truncates it. False where another connection still reads from it. */
  checkpoint(none: null): boolean
  /** Largest size of the file in pages (of 4096 bytes), above which writes fail with SQLITE_FULL. Null removes the limit. */
  limitPages(pages: number | null): void
  close(none: null): void
}

const MOST_PAGES = 4_294_967_294
const VACUUM_PAGES = 256
/** Short, because writes wait meanwhile. */
const ERASE_WAIT_MS = 100

export const createEngineOperations = (
  connection: Connection,
  { file, readOnly, busyTimeoutMs }: OpenOptions,
): EngineOperations => {
  const { client, db, immediately, durably, truncateLog } = connection
  return {
    writeBatch: createBatchWrite(connection, file),
    getDecision: (id) => readDecision(db, id),
    addFeedback: (vote) => durably(() => writeFeedback(db, vote)),
    addVotes: (votes) => durably(() => writeVotes(db, votes)),
    listFeedback: (query) => readFeedbackPage(db, query),
    listReplayRows: (query) => readReplayRows(db, query),
    shadowSummary: (query) => readShadowPage(db, query),
    ...createErasure(connection),
    deleteExpired: (query) => {
      const count = immediately(() => deleteExpired(db, query))
      if (count > 0) client.pragma(`incremental_vacuum(${VACUUM_PAGES})`)
      return count
    },
    checkpoint: () => truncateLog(busyTimeoutMs),
    limitPages: (pages) => {
      client.pragma(`max_page_count = ${Math.trunc(pages ?? MOST_PAGES)}`)
    },
    close: () => {
      if (!readOnly) truncateLog(busyTimeoutMs)
      client.close()
    },
  }
}

const createErasure = ({
  client,
  db,
  durably,
  truncateLog,
}: Connection): Pick<EngineOperations, 'forget' | 'erase'> => {
  // Set after a rewrite, so that waiting for readers of the log does not rewrite the file each time.
  let isRewritten = false
  return {
    forget: (chunk) => {
      isRewritten = false
      return durably(() => forgetChunk(db, chunk))
    },
    erase: () => {
      if (!isErasureDue(db)) return true
      if (!isRewritten) client.exec('VACUUM')
      isRewritten = true
      if (!truncateLog(ERASE_WAIT_MS)) return false
      durably(() => noteErasure(db))
      return true
    },
  }
}

const createBatchWrite = (
  { db, immediately }: Connection,
  file: string,
): EngineOperations['writeBatch'] => {
  const write = prepareWriteEntries(db)
  return (batch) => ({
    rejectedCount: writeEntries(immediately, unpackBatch(batch), write),
    isLogLarge: (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > WAL_LIMIT_BYTES,
  })
}

/** Writes all entries in one transaction; if one fails, each in its own, so that only the faulty one is rejected. */
const writeEntries = <E>(
  immediately: (work: () => void) => void,
  entries: readonly E[],
  write: (entries: readonly E[]) => void,
): number => {
  try {
    immediately(() => write(entries))
    return 0
  } catch (error) {
    if (!isRowFault(error)) throw error
  }
  let rejectedCount = 0
  for (const entry of entries) {
    try {
      immediately(() => write([entry]))
    } catch (error) {
      if (!isRowFault(error)) throw error
      rejectedCount++
    }
  }
  return rejectedCount
}
