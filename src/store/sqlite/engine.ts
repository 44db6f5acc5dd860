// The engine: every database operation, synchronous, on one connection. It runs in the worker thread; each method takes
// one argument and gives one plain value, so that rpc.ts can carry it. It throws RouterErrors only.
import { statSync } from 'node:fs'
import type { DailyUsage, StoredKey } from '../../core/gateway-key.ts'
import type {
  DecisionPage,
  DecisionQuery,
  Feedback,
  FeedbackWithDecision,
  StoredDecision,
} from '../store.ts'
import { unpackBatch, type WriteBatch } from './batch.ts'
import {
  deleteExpired,
  type ExpiryQuery,
  prepareWriteEntry,
  readDecision,
  readDecisions,
} from './decision-table.ts'
import {
  type ConfigVersion,
  readFeedback,
  writeConfigVersion,
  writeFeedback,
} from './feedback-table.ts'
import {
  type KeyRevocation,
  readKeys,
  readKeyUsage,
  revokeKey,
  writeKey,
  writeKeyUsage,
} from './keys-table.ts'
import { type OpenedDatabase, type OpenOptions, openDatabase, WAL_LIMIT_BYTES } from './open.ts'
import { isRowFault, toStoreError } from './sqlite-error.ts'

export interface BatchReport {
  /** Rows that no retry can save. */
  rejectedCount: number
  /** True while the write-ahead log is larger than it may be. */
  isLogLarge: boolean
}

export interface Engine {
  writeBatch(batch: WriteBatch): BatchReport
  getDecision(id: string): StoredDecision | null
  listDecisions(query: DecisionQuery): DecisionPage
  addFeedback(vote: Feedback): { replaced: boolean }
  listFeedback(all: null): FeedbackWithDecision[]
  saveConfigVersion(version: ConfigVersion): void
  createKey(key: StoredKey): void
  listKeys(all: null): StoredKey[]
  revokeKey(revocation: KeyRevocation): boolean
  readKeyUsage(sinceDay: string): DailyUsage[]
  writeKeyUsage(rows: DailyUsage[]): void
  /** One chunk of deletions; @returns how many decisions went. */
  deleteExpired(query: ExpiryQuery): number
  /** Moves the write-ahead log into the file and truncates it. */
  checkpoint(none: null): void
  /** Most pages (of 4096 bytes) the file may grow to; beyond, writes fail with SQLITE_FULL. Null lifts the limit. */
  limitPages(pages: number | null): void
  close(none: null): void
}

export type EngineOptions = OpenOptions & { maxPages: number | null }

const MOST_PAGES = 4_294_967_294
const VACUUM_PAGES = 256

/** @throws RouterError `store_unavailable` where the file can't be opened */
export const openEngine = (
  options: EngineOptions,
): { engine: Engine; movedAside: string | null } => {
  const opened = guard(openDatabase)(options)
  const engine = createEngine(opened, options)
  engine.limitPages(options.maxPages)
  return { engine, movedAside: opened.movedAside }
}

const guard =
  <A, R>(work: (argument: A) => R) =>
  (argument: A): R => {
    try {
      return work(argument)
    } catch (error) {
      throw toStoreError(error)
    }
  }

const createEngine = (
  { client, db }: OpenedDatabase,
  { file, readOnly }: EngineOptions,
): Engine => {
  const immediately = <T>(work: () => T): T => db.transaction(work, { behavior: 'immediate' })
  /** Commits with an fsync of the log: what was acknowledged survives a power cut, and all before it too. */
  const durably = <T>(work: () => T): T => {
    client.pragma('synchronous = FULL')
    try {
      return immediately(work)
    } finally {
      client.pragma('synchronous = NORMAL')
    }
  }
  const writeEntry = prepareWriteEntry(db)
  const truncateLog = () => client.pragma('wal_checkpoint(TRUNCATE)')

  return {
    writeBatch: guard((batch) => ({
      rejectedCount: writeEntries(immediately, unpackBatch(batch), writeEntry),
      isLogLarge: (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > WAL_LIMIT_BYTES,
    })),
    getDecision: guard((id) => readDecision(db, id)),
    listDecisions: guard((query) => readDecisions(db, query)),
    addFeedback: guard((vote) => durably(() => writeFeedback(db, vote))),
    listFeedback: guard(() => readFeedback(db)),
    saveConfigVersion: guard((version) => durably(() => writeConfigVersion(db, version))),
    createKey: guard((key) => durably(() => writeKey(db, key))),
    listKeys: guard(() => readKeys(db)),
    revokeKey: guard((revocation) => durably(() => revokeKey(db, revocation))),
    readKeyUsage: guard((sinceDay) => readKeyUsage(db, sinceDay)),
    writeKeyUsage: guard((rows) => immediately(() => writeKeyUsage(db, rows))),
    deleteExpired: guard((query) => {
      const count = immediately(() => deleteExpired(db, query))
      if (count > 0) client.pragma(`incremental_vacuum(${VACUUM_PAGES})`)
      return count
    }),
    checkpoint: guard(() => {
      truncateLog()
    }),
    limitPages: guard((pages) => {
      client.pragma(`max_page_count = ${Math.trunc(pages ?? MOST_PAGES)}`)
    }),
    close: guard(() => {
      if (!readOnly) truncateLog()
      client.close()
    }),
  }
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
