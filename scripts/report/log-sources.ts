// Where `signalbox logs` reads: the log's file, or the decisions of the database, newest at the end, and what has come since.
import type { StoredDecision } from '../../src/core/records/stored-decision.ts'
import type { Store } from '../../src/store/store.ts'
import { createFileTail } from '../terminal/file-tail.ts'
import {
  type LogFilter,
  type LogRecord,
  parseLogLine,
  passes,
  recordOfDecision,
} from './log-record.ts'

export interface LogSource {
  /** The newest so many that pass, oldest first. */
  last(count: number): Promise<LogRecord[]>
  /** Those that have come since the last reading. */
  next(): Promise<LogRecord[]>
  close(): Promise<void>
}

export const createFileSource = (path: string, filter: LogFilter): LogSource => {
  const tail = createFileTail(path)
  const next = async (): Promise<LogRecord[]> =>
    (await tail.read()).flatMap((line) => {
      const record = parseLogLine(line)
      return record && passes(record, filter) ? [record] : []
    })
  return {
    last: async (count) => (await next()).slice(-count),
    next,
    close: tail.close,
  }
}

const PAGE = 200
/** How far back a filter that the database does not know is looked for. */
const MAX_LOOKED_AT = 5_000
/** What never ends (a server that was killed) is not waited for. */
const MAX_PENDING = 1_000

type Decisions = Pick<Store, 'listDecisions' | 'getDecision'>

/** Decisions of the database, newest first, page by page for as long as `goesOn` says so. */
const createWalk = (store: Decisions, { route, key }: LogFilter) => {
  const known = {
    ...(route !== undefined && { route }),
    ...(key !== undefined && { principals: [key] }),
  }
  return async (goesOn: (found: StoredDecision[]) => boolean): Promise<StoredDecision[]> => {
    const found: StoredDecision[] = []
    let before: string | null = null
    do {
      const page = await store.listDecisions({ limit: PAGE, ...known, ...(before && { before }) })
      found.push(...page.decisions)
      before = page.nextCursor
    } while (before !== null && found.length < MAX_LOOKED_AT && goesOn(found))
    return found
  }
}

/** Decisions whose answer has not ended yet: they are reported when it has. */
const createPending = (store: Decisions) => {
  const ids = new Set<string>()
  return {
    /** False where it has ended, or too many wait. */
    hold: ({ id, outcome }: StoredDecision): boolean => {
      if (outcome !== 'pending' || ids.size >= MAX_PENDING) return false
      ids.add(id)
      return true
    },
    ended: async (): Promise<StoredDecision[]> => {
      const found: StoredDecision[] = []
      for (const id of [...ids]) {
        const decision = await store.getDecision(id)
        if (decision?.outcome === 'pending') continue
        ids.delete(id)
        if (decision) found.push(decision)
      }
      return found
    },
  }
}

export const createDecisionSource = (store: Decisions, filter: LogFilter): LogSource => {
  const walk = createWalk(store, filter)
  const pending = createPending(store)
  const recordsOf = (decisions: StoredDecision[]): LogRecord[] =>
    decisions.map(recordOfDecision).filter((record) => passes(record, filter))
  /** Records of the decisions that have ended, oldest first; `decisions` begin with the newest. */
  const endedRecords = (decisions: StoredDecision[]): LogRecord[] =>
    recordsOf(decisions.toReversed().filter((decision) => !pending.hold(decision)))
  let newestId = ''
  return {
    last: async (count) => {
      const found = await walk((sofar) => recordsOf(sofar).length < count)
      newestId = found[0]?.id ?? ''
      return endedRecords(found).slice(-count)
    },
    next: async () => {
      const ended = recordsOf(await pending.ended())
      const found = await walk((sofar) => (sofar.at(-1)?.id ?? '') > newestId)
      const fresh = found.filter(({ id }) => id > newestId)
      newestId = fresh[0]?.id ?? newestId
      return [...ended, ...endedRecords(fresh)]
    },
    close: async () => {},
  }
}
