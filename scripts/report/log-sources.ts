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

export const createDecisionSource = (store: Decisions, filter: LogFilter): LogSource => {
  const known = {
    ...(filter.route !== undefined && { route: filter.route }),
    ...(filter.key !== undefined && { principals: [filter.key] }),
  }
  const pending = new Set<string>()
  let newestId = ''
  /** Newest first, page by page, for as long as `goesOn` says so. */
  const walk = async (goesOn: (found: StoredDecision[]) => boolean): Promise<StoredDecision[]> => {
    const found: StoredDecision[] = []
    let before: string | null = null
    do {
      const page = await store.listDecisions({ limit: PAGE, ...known, ...(before && { before }) })
      found.push(...page.decisions)
      before = page.nextCursor
    } while (before !== null && found.length < MAX_LOOKED_AT && goesOn(found))
    return found
  }
  /** Those that have ended, oldest first; the others wait. */
  const ended = (decisions: StoredDecision[]): LogRecord[] =>
    decisions.toReversed().flatMap((decision) => {
      if (decision.outcome === 'pending' && pending.size < MAX_PENDING) {
        pending.add(decision.id)
        return []
      }
      const record = recordOfDecision(decision)
      return passes(record, filter) ? [record] : []
    })
  const endedSince = async (): Promise<LogRecord[]> => {
    const records: LogRecord[] = []
    for (const id of [...pending]) {
      const decision = await store.getDecision(id)
      if (decision?.outcome === 'pending') continue
      pending.delete(id)
      const record = decision && recordOfDecision(decision)
      if (record && passes(record, filter)) records.push(record)
    }
    return records
  }
  return {
    last: async (count) => {
      const found = await walk((sofar) => {
        return sofar.filter((one) => passes(recordOfDecision(one), filter)).length < count
      })
      newestId = found[0]?.id ?? ''
      return ended(found).slice(-count)
    },
    next: async () => {
      const known = await endedSince()
      const found = await walk((sofar) => (sofar.at(-1)?.id ?? '') > newestId)
      const fresh = found.filter(({ id }) => id > newestId)
      newestId = fresh[0]?.id ?? newestId
      return [...known, ...ended(fresh)]
    },
    close: async () => {},
  }
}
