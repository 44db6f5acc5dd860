// The engine: every database operation, synchronous, on one connection. It runs in the worker thread; each method takes
// one argument and gives one plain value, so that rpc.ts can carry it. It throws RouterErrors only.
import { statSync } from 'node:fs'
import type { DailyUsage, StoredKey } from '../../core/decide/gateway-key.ts'
import type { ArmVote, ShadowDecision, ShadowSummary } from '../../core/records/arm-records.ts'
import type { ConfigActivation, ConfigVersion } from '../../core/records/config-version.ts'
import type { Feedback } from '../../core/records/feedback.ts'
import type { Ruling } from '../../core/records/ruling.ts'
import type { StoredDecision } from '../../core/records/stored-decision.ts'
import type { StoreFacts } from '../loss/find-loss.ts'
import type {
  ArmVoteQuery,
  DecisionPage,
  DecisionQuery,
  ForgetQuery,
  Forgotten,
  ReplayQuery,
  VoteQuery,
} from '../store.ts'
import { readArmVotes } from './arm-votes-table.ts'
import { unpackBatch, type WriteBatch } from './batch.ts'
import {
  readConfigActivations,
  readConfigVersions,
  writeConfigActivation,
  writeConfigVersion,
} from './config-table.ts'
import {
  deleteExpired,
  type ExpiryQuery,
  prepareWriteEntry,
  readDecision,
  readDecisions,
} from './decision-table.ts'
import { readFacts } from './facts-table.ts'
import {
  countNewVotes,
  type FeedbackPage,
  type FeedbackPageQuery,
  readFeedbackPage,
  writeFeedback,
} from './feedback-table.ts'
import {
  type ForgetChunk,
  forgetChunk,
  isErasureDue,
  noteErasure,
  readForgottenExemplars,
} from './forget-table.ts'
import {
  type KeyRevocation,
  readKeys,
  readKeyUsage,
  revokeKey,
  writeKey,
  writeKeyUsage,
} from './keys-table.ts'
import { type OpenedDatabase, type OpenOptions, openDatabase, WAL_LIMIT_BYTES } from './open.ts'
import type { PackedRows } from './packed-rows.ts'
import { readReferencedGenerations, readReplayRows } from './replay-table.ts'
import { readRulings, writeRuling } from './ruling-table.ts'
import { readShadowSummary, writeShadowDecisions } from './shadow-table.ts'
import { isRowFault, toStoreError } from './sqlite-error.ts'
import { countForgettable, readRoutesTaken, readVotes, writeVotes } from './votes-table.ts'

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
  addVotes(votes: Feedback[]): boolean[]
  listRoutesTaken(ids: string[]): { id: string; route: string }[]
  countForgettable(query: ForgetQuery): number
  listVotes(query: VoteQuery): Feedback[]
  countNewVotes(sinceMs: number): number
  /** Votes with their decisions, `limit` at a time: unpackFeedback unpacks them. */
  listFeedback(query: FeedbackPageQuery): FeedbackPage
  /** unpackReplayRows unpacks them. */
  listReplayRows(query: ReplayQuery): PackedRows
  listReferencedGenerations(all: null): number[]
  /** One chunk of `forget`; all is gone when it reports fewer decisions than `limit`. */
  forget(chunk: ForgetChunk): Forgotten
  /**
   * Rewrites the file without what was forgotten, and truncates the log. False where another connection still reads from
   * the log: ask again.
   */
  erase(none: null): boolean
  listForgottenExemplars(all: null): string[]
  addRuling(ruling: Ruling): void
  listRulings(all: null): Ruling[]
  addShadowDecisions(rows: ShadowDecision[]): void
  shadowSummary(generation: number): ShadowSummary
  listArmVotes(query: ArmVoteQuery): ArmVote[]
  saveConfigVersion(version: ConfigVersion): void
  addConfigActivation(activation: ConfigActivation): void
  listConfigVersions(all: null): ConfigVersion[]
  listConfigActivations(all: null): ConfigActivation[]
  createKey(key: StoredKey): void
  listKeys(all: null): StoredKey[]
  revokeKey(revocation: KeyRevocation): boolean
  readKeyUsage(sinceDay: string): DailyUsage[]
  readFacts(none: null): StoreFacts
  writeKeyUsage(rows: DailyUsage[]): void
  /** One chunk of deletions; @returns how many decisions went. */
  deleteExpired(query: ExpiryQuery): number
  /** Moves the write-ahead log into the file and truncates it. False where another connection still reads from it. */
  checkpoint(none: null): boolean
  /** Most pages (of 4096 bytes) the file may grow to; beyond, writes fail with SQLITE_FULL. Null lifts the limit. */
  limitPages(pages: number | null): void
  close(none: null): void
}

export type EngineOptions = OpenOptions & { maxPages: number | null }

const MOST_PAGES = 4_294_967_294
const VACUUM_PAGES = 256
/** Short, because nothing is written while it passes. */
const ERASE_WAIT_MS = 100

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
  { file, readOnly, busyTimeoutMs }: EngineOptions,
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
  // Since the last `forget`, so that waiting for the log's readers doesn't write the file anew each time.
  let isRewritten = false
  const truncateLog = (waitMs: number): boolean => {
    client.pragma(`busy_timeout = ${Math.trunc(waitMs)}`)
    try {
      const [result] = client.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
      return result?.busy === 0
    } finally {
      client.pragma(`busy_timeout = ${Math.trunc(busyTimeoutMs)}`)
    }
  }

  return {
    writeBatch: guard((batch) => ({
      rejectedCount: writeEntries(immediately, unpackBatch(batch), writeEntry),
      isLogLarge: (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > WAL_LIMIT_BYTES,
    })),
    getDecision: guard((id) => readDecision(db, id)),
    listDecisions: guard((query) => readDecisions(db, query)),
    countNewVotes: guard((sinceMs) => countNewVotes(db, sinceMs)),
    addVotes: guard((votes) => durably(() => writeVotes(db, votes))),
    listRoutesTaken: guard((ids) => readRoutesTaken(db, ids)),
    countForgettable: guard((query) => countForgettable(db, query)),
    listVotes: guard((query) => readVotes(db, query)),
    addFeedback: guard((vote) => durably(() => writeFeedback(db, vote))),
    listFeedback: guard((query) => readFeedbackPage(db, query)),
    listReplayRows: guard((query) => readReplayRows(db, query)),
    listReferencedGenerations: guard(() => readReferencedGenerations(db)),
    forget: guard((chunk) => {
      isRewritten = false
      return durably(() => forgetChunk(db, chunk))
    }),
    erase: guard(() => {
      if (!isErasureDue(db)) return true
      if (!isRewritten) client.exec('VACUUM')
      isRewritten = true
      if (!truncateLog(ERASE_WAIT_MS)) return false
      durably(() => noteErasure(db))
      return true
    }),
    listForgottenExemplars: guard(() => readForgottenExemplars(db)),
    addRuling: guard((ruling) => durably(() => writeRuling(db, ruling))),
    listRulings: guard(() => readRulings(db)),
    addShadowDecisions: guard((rows) => immediately(() => writeShadowDecisions(db, rows))),
    shadowSummary: guard((generation) => readShadowSummary(db, generation)),
    listArmVotes: guard((query) => readArmVotes(db, query)),
    saveConfigVersion: guard((version) => durably(() => writeConfigVersion(db, version))),
    addConfigActivation: guard((activation) =>
      durably(() => writeConfigActivation(db, activation)),
    ),
    listConfigVersions: guard(() => readConfigVersions(db)),
    listConfigActivations: guard(() => readConfigActivations(db)),
    createKey: guard((key) => durably(() => writeKey(db, key))),
    listKeys: guard(() => readKeys(db)),
    revokeKey: guard((revocation) => durably(() => revokeKey(db, revocation))),
    readKeyUsage: guard((sinceDay) => readKeyUsage(db, sinceDay)),
    readFacts: guard(() => readFacts(db)),
    writeKeyUsage: guard((rows) => immediately(() => writeKeyUsage(db, rows))),
    deleteExpired: guard((query) => {
      const count = immediately(() => deleteExpired(db, query))
      if (count > 0) client.pragma(`incremental_vacuum(${VACUUM_PAGES})`)
      return count
    }),
    checkpoint: guard(() => truncateLog(busyTimeoutMs)),
    limitPages: guard((pages) => {
      client.pragma(`max_page_count = ${Math.trunc(pages ?? MOST_PAGES)}`)
    }),
    close: guard(() => {
      if (!readOnly) truncateLog(busyTimeoutMs)
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
