// The worker's half of those methods of the store that take work on both threads (pages, packed rows, chunks), and what is
// done to the database's file as a whole.
import { statSync } from 'node:fs'
import type { Feedback } from '../../core/records/feedback.ts'
import type { StoredDecision } from '../../core/records/stored-decision.ts'
import type { Forgotten, ReplayQuery } from '../store.ts'
import { unpackBatch, type WriteBatch } from './batch.ts'
import type { Connection } from './connection.ts'
import {
  deleteExpired,
  type ExpiryQuery,
  prepareWriteEntry,
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
import { isRowFault } from './sqlite-error.ts'
import { writeVotes } from './votes-table.ts'

export interface BatchReport {
  /** Rows that no retry can save. */
  rejectedCount: number
  /** True while the write-ahead log is larger than it may be. */
  isLogLarge: boolean
}

export interface EngineOperations {
  writeBatch(batch: WriteBatch): BatchReport
  getDecision(id: string): StoredDecision | null
  addFeedback(vote: Feedback): { replaced: boolean }
  addVotes(votes: Feedback[]): boolean[]
  /** Votes with their decisions, `limit` at a time: unpackFeedback unpacks them. */
  listFeedback(query: FeedbackPageQuery): FeedbackPage
  /** unpackReplayRows unpacks them. */
  listReplayRows(query: ReplayQuery): PackedRows
  /** One chunk of `forget`; all is gone when it reports fewer decisions than `limit`. */
  forget(chunk: ForgetChunk): Forgotten
  /**
   * Rewrites the file without what was forgotten, and truncates the log. False where another connection still reads from
   * the log: ask again.
   */
  erase(none: null): boolean
  /** One chunk of deletions; @returns how many decisions went. */
  deleteExpired(query: ExpiryQuery): number
  /** Moves the write-ahead log into the file and truncates it. False where another connection still reads from it. */
  checkpoint(none: null): boolean
  /** Most pages (of 4096 bytes) the file may grow to; beyond, writes fail with SQLITE_FULL. Null lifts the limit. */
  limitPages(pages: number | null): void
  close(none: null): void
}

const MOST_PAGES = 4_294_967_294
const VACUUM_PAGES = 256
/** Short, because nothing is written while it passes. */
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
  // Since the last `forget`, so that waiting for the log's readers doesn't write the file anew each time.
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
  const writeEntry = prepareWriteEntry(db)
  return (batch) => ({
    rejectedCount: writeEntries(immediately, unpackBatch(batch), writeEntry),
    isLogLarge: (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > WAL_LIMIT_BYTES,
  })
}

/** All entries in one transaction; where one of them is at fault, each in its own, so that it falls alone. */
const writeEntries = <E>(
  immediately: (work: () => void) => void,
  entries: readonly E[],
  write: (entry: E) => void,
): number => {
  try {
    immediately(() => entries.forEach(write))
    return 0
  } catch (error) {
    if (!isRowFault(error)) throw error
  }
  let rejectedCount = 0
  for (const entry of entries) {
    try {
      immediately(() => write(entry))
    } catch (error) {
      if (!isRowFault(error)) throw error
      rejectedCount++
    }
  }
  return rejectedCount
}
