// The bounded queue between the request path and the worker. A completion joins its decision while that still waits,
// so most requests cost one row. A batch once taken doesn't change until it is settled: it can be sent again as it was.
import type { WriteEntry } from './batch.ts'
import type { CompletionRow } from './rows.ts'
import type { DecisionRow } from './schema/decisions.ts'

export interface WriteQueue {
  /** False where the queue is full: the entry was not taken. */
  addDecision(row: DecisionRow): boolean
  addCompletion(id: string, completion: CompletionRow): boolean
  /** The batch that was taken and not settled, else the next one; empty where nothing waits. */
  take(): readonly WriteEntry[]
  /** The taken batch is written or given up. */
  settle(): void
  has(id: string): boolean
  /** Entries that wait or are taken. */
  readonly size: number
  /** Counts entries ever added; with `settledCount` it tells when everything up to now is written. */
  readonly addedCount: number
  readonly settledCount: number
}

const removeFirst = (waiting: Map<string, WriteEntry>, most: number): WriteEntry[] => {
  const first: WriteEntry[] = []
  for (const entry of waiting.values()) {
    if (first.push(entry) === most) break
  }
  for (const { id } of first) waiting.delete(id)
  return first
}

export const createWriteQueue = (options: { limit: number; batchSize: number }): WriteQueue => {
  const waiting = new Map<string, WriteEntry>()
  let taken: WriteEntry[] = []
  let addedCount = 0
  let settledCount = 0
  const add = ({ id, row, completion }: WriteEntry): boolean => {
    const entry = waiting.get(id)
    if (entry) {
      entry.row ??= row
      entry.completion = completion ?? entry.completion
      return true
    }
    if (waiting.size + taken.length >= options.limit) return false
    waiting.set(id, { id, row, completion })
    addedCount++
    return true
  }
  return {
    addDecision: (row) => add({ id: row.id, row, completion: null }),
    addCompletion: (id, completion) => add({ id, row: null, completion }),
    take: () => {
      if (taken.length === 0) taken = removeFirst(waiting, options.batchSize)
      return taken
    },
    settle: () => {
      settledCount += taken.length
      taken = []
    },
    has: (id) => waiting.has(id) || taken.some((entry) => entry.id === id),
    get size() {
      return waiting.size + taken.length
    },
    get addedCount() {
      return addedCount
    },
    get settledCount() {
      return settledCount
    },
  }
}
