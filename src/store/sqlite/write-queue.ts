// The bounded queue between the request path and the worker. A completion joins its decision while that still waits,
// so most requests cost one row. A batch once taken doesn't change until it is settled: it can be sent again as it was.
import type { WriteEntry } from './batch.ts'
import type { CompletionRow } from './rows.ts'
import type { DecisionRow } from './schema.ts'

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

export const createWriteQueue = (options: { limit: number; batchSize: number }): WriteQueue => {
  const waiting = new Map<string, WriteEntry>()
  let taken: WriteEntry[] = []
  let addedCount = 0
  let settledCount = 0
  const isFull = () => waiting.size + taken.length >= options.limit

  const add = (entry: WriteEntry): boolean => {
    if (isFull()) return false
    waiting.set(entry.id, entry)
    addedCount++
    return true
  }
  return {
    addDecision: (row) => {
      const entry = waiting.get(row.id)
      if (!entry) return add({ id: row.id, row, completion: null })
      entry.row ??= row
      return true
    },
    addCompletion: (id, completion) => {
      const entry = waiting.get(id)
      if (!entry) return add({ id, row: null, completion })
      entry.completion = completion
      return true
    },
    take: () => {
      if (taken.length > 0) return taken
      for (const entry of waiting.values()) {
        if (taken.push(entry) === options.batchSize) break
      }
      for (const { id } of taken) waiting.delete(id)
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
