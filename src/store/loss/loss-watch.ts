// Says that a database is lost, from the start on and until somebody has dealt with it: compares it with what the data
// folder remembers, keeps the finding over restarts, and looks again every few seconds while the server runs.
import { statSync } from 'node:fs'
import type { Logger } from '../../core/logger.ts'
import { findLoss, type Loss, type Marker, type StoreFacts, type Traces } from './find-loss.ts'
import { createLossFiles, NOTICE_FILE } from './loss-files.ts'

export interface LossWatchOptions {
  store: { readFacts(): Promise<StoreFacts> }
  databaseFile: string
  dataDir: string
  traces: Traces
  logger: Logger
}

export interface LossWatch {
  /** The loss that nobody has dealt with yet; null where there is none. Asked at each scrape and readiness check. */
  loss(): Loss | null
  /** Compares again, and notes what the database holds now. Failures are logged. */
  look(): Promise<void>
  start(intervalMs: number): void
  /** Looks a last time. */
  stop(): Promise<void>
}

const WHAT_TO_DO = `Restore signalbox.db from a backup while the server is stopped, or delete ${NOTICE_FILE} to go on with this database.`

const toMarker = ({ storeId, keys, hasVotes, hasDecisions }: StoreFacts): Marker => ({
  storeId,
  keys,
  hasVotes,
  hasDecisions,
})

const isSame = (a: Marker | null, b: Marker): boolean =>
  a !== null &&
  a.storeId === b.storeId &&
  a.keys === b.keys &&
  a.hasVotes === b.hasVotes &&
  a.hasDecisions === b.hasDecisions

const inodeOf = (file: string): bigint | null =>
  statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? null

/** What is served from a file that has no name any more is lost with the process. */
const removedLoss = (marker: Marker | null): Loss => ({
  kind: 'removed',
  message:
    'The database file was removed or replaced while the server runs: what is written now is lost when it stops.',
  hadKeys: (marker?.keys ?? 0) > 0,
  storeId: marker?.storeId ?? null,
})

/** Resolves after the first look. @throws RouterError `store_unavailable` where the database cannot be read */
export const createLossWatch = async (options: LossWatchOptions): Promise<LossWatch> => {
  const { store, databaseFile, traces, logger } = options
  const files = createLossFiles(options.dataDir)
  const openedInode = inodeOf(databaseFile)
  let marker = await files.readMarker()
  let loss = await files.readNotice()
  // Where the notice cannot be written, the loss is at least told until the server ends.
  let isNoticeWritten = loss !== null
  let removed: Loss | null = null
  let timer: NodeJS.Timeout | undefined
  let underWay: Promise<void> = Promise.resolve()

  const tell = ({ kind, message }: Loss) => logger.error({ kind }, `${message} ${WHAT_TO_DO}`)
  const attempt = async (write: Promise<void>, what: string): Promise<boolean> => {
    try {
      await write
      return true
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error'
      logger.warn({ reason }, `${what} could not be written`)
      return false
    }
  }
  const note = async (found: Loss): Promise<void> => {
    // Keys that an earlier, still open loss took are not forgotten over a later one.
    loss = { ...found, hadKeys: found.hadKeys || (loss?.hadKeys ?? false) }
    tell(loss)
    isNoticeWritten = await attempt(files.writeNotice(loss), 'the notice of the lost database')
  }
  const isBack = (facts: StoreFacts): boolean =>
    loss !== null && loss.kind !== 'incomplete' && loss.storeId === facts.storeId
  const current = (): Loss | null => {
    if (isNoticeWritten && loss && !files.hasNotice()) {
      logger.info({ kind: loss.kind }, 'the loss of the database was dealt with')
      loss = null
    }
    return removed ?? loss
  }
  const compare = async (): Promise<void> => {
    if (!removed && inodeOf(databaseFile) !== openedInode) {
      removed = removedLoss(marker)
      tell(removed)
    }
    if (removed) return
    const facts = await store.readFacts()
    const found = findLoss({ facts, marker, traces })
    if (found) await note(found)
    else if (isBack(facts)) await files.removeNotice()
    // Only after the notice: a crash in between finds the same loss again.
    const seen = toMarker(facts)
    if (!isSame(marker, seen) && (await attempt(files.writeMarker(seen), 'store.json')))
      marker = seen
  }
  const look = (): Promise<void> => {
    underWay = underWay.then(compare).catch((error: Error) => {
      logger.warn({ reason: error.message }, 'the database could not be compared with its marker')
    })
    return underWay
  }

  if (loss) tell(loss)
  await compare()
  return {
    loss: current,
    look,
    start: (intervalMs) => {
      timer = setInterval(look, intervalMs)
      timer.unref()
    },
    stop: async () => {
      clearInterval(timer)
      await look()
    },
  }
}
