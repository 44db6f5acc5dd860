// Reports a lost database until an operator has resolved it: compares the database with the data folder's traces at the start and every
// few seconds, and keeps a finding over restarts.
import { statSync } from 'node:fs'
import type { Logger } from '../../core/logger.ts'
import { findLoss, type Loss, type Marker, type StoreFacts, type Traces } from './find-loss.ts'
import { createLossFiles, type LossFiles, NOTICE_FILE } from './loss-files.ts'

export interface LossWatchOptions {
  store: { readFacts(): Promise<StoreFacts> }
  databaseFile: string
  dataDir: string
  traces: Traces
  logger: Logger
}

export interface LossWatch {
  /** The unresolved loss; null where there is none. Read at each scrape and readiness check. */
  loss(): Loss | null
  /** Compares again, and updates the marker. Failures are logged. */
  look(): Promise<void>
  start(intervalMs: number): void
  /** Compares a last time. */
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

/** Data in a file that was unlinked is lost when the process ends. */
const removedLoss = (marker: Marker | null): Loss => ({
  kind: 'removed',
  message:
    'The database file was removed or replaced while the server runs: what is written now is lost when it stops.',
  hadKeys: (marker?.keys ?? 0) > 0,
  storeId: marker?.storeId ?? null,
})

/** State of the watch. */
interface Found {
  /** The stored marker. */
  marker: Marker | null
  /** The unresolved loss. */
  loss: Loss | null
  /** Where the notice cannot be written, the loss is reported until the server ends. */
  isNoticeWritten: boolean
  removed: Loss | null
}

interface Watch {
  options: LossWatchOptions
  files: LossFiles
  openedInode: bigint | null
  found: Found
}

const tell = ({ options: { logger } }: Watch, { kind, message }: Loss): void =>
  logger.error({ kind }, `${message} ${WHAT_TO_DO}`)

const attempt = async (
  { options: { logger } }: Watch,
  write: Promise<void>,
  what: string,
): Promise<boolean> => {
  try {
    await write
    return true
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    logger.warn({ reason }, `${what} could not be written`)
    return false
  }
}

const note = async (watch: Watch, loss: Loss): Promise<void> => {
  const { found, files } = watch
  // A later loss keeps the `hadKeys` of an unresolved earlier one.
  found.loss = { ...loss, hadKeys: loss.hadKeys || (found.loss?.hadKeys ?? false) }
  tell(watch, found.loss)
  const written = files.writeNotice(found.loss)
  found.isNoticeWritten = await attempt(watch, written, 'the notice of the lost database')
}

const isBack = (loss: Loss | null, facts: StoreFacts): boolean =>
  loss !== null && loss.kind !== 'incomplete' && loss.storeId === facts.storeId

const compare = async (watch: Watch): Promise<void> => {
  const { found, files, options } = watch
  if (!found.removed && inodeOf(options.databaseFile) !== watch.openedInode) {
    found.removed = removedLoss(found.marker)
    tell(watch, found.removed)
  }
  if (found.removed) return
  const facts = await options.store.readFacts()
  const loss = findLoss({ facts, marker: found.marker, traces: options.traces })
  if (loss) await note(watch, loss)
  else if (isBack(found.loss, facts)) await files.removeNotice()
  // Only after the notice: a crash in between finds the same loss again.
  const seen = toMarker(facts)
  if (isSame(found.marker, seen)) return
  if (await attempt(watch, files.writeMarker(seen), 'store.json')) found.marker = seen
}

const lossNow = ({ found, files, options }: Watch): Loss | null => {
  if (found.isNoticeWritten && found.loss && !files.hasNotice()) {
    options.logger.info({ kind: found.loss.kind }, 'the loss of the database was resolved')
    found.loss = null
  }
  return found.removed ?? found.loss
}

/** Resolves after the first comparison. @throws RouterError `store_unavailable` where the database cannot be read */
export const createLossWatch = async (options: LossWatchOptions): Promise<LossWatch> => {
  const files = createLossFiles(options.dataDir)
  const openedInode = inodeOf(options.databaseFile)
  const marker = await files.readMarker()
  const loss = await files.readNotice()
  const found = { marker, loss, isNoticeWritten: loss !== null, removed: null }
  const watch: Watch = { options, files, openedInode, found }
  let timer: NodeJS.Timeout | undefined
  let underWay: Promise<void> = Promise.resolve()
  const look = (): Promise<void> => {
    underWay = underWay
      .then(() => compare(watch))
      .catch(({ message: reason }: Error) => {
        options.logger.warn({ reason }, 'the database could not be compared with its marker')
      })
    return underWay
  }

  if (loss) tell(watch, loss)
  await compare(watch)
  return {
    loss: () => lossNow(watch),
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
