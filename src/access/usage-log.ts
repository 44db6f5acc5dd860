// Writes the usage of keys to the store: totals by key and day, a second after they changed. Totals instead of differences make writes
// idempotent. A crash loses at most a second of usage.
import type { DailyUsage } from '../core/decide/gateway-key.ts'
import type { Logger } from '../core/logger.ts'
import { createInTurn } from '../jobs/in-turn.ts'

const WRITE_AFTER_MS = 1_000

export interface UsageLog {
  /** Sets the total of a key and day that is written next. */
  note(usage: DailyUsage): void
  /** Resolves when all totals are written, or a write has failed, which is retried with the next. */
  flush(): Promise<void>
  /** Last flush. */
  close(): Promise<void>
}

export interface UsageLogOptions {
  write: (rows: DailyUsage[]) => Promise<void>
  logger: Logger
}

export const createUsageLog = ({ write, logger }: UsageLogOptions): UsageLog => {
  const waiting = new Map<string, DailyUsage>()
  const inTurn = createInTurn()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const writeAll = async (): Promise<void> => {
    const rows = [...waiting.values()]
    waiting.clear()
    if (rows.length === 0) return
    try {
      await write(rows)
    } catch (error) {
      logger.warn({ err: error }, 'the use of keys could not be written; it is tried again')
      // Totals that were set meanwhile are newer.
      for (const row of rows.filter((row) => !waiting.has(keyOf(row)))) waiting.set(keyOf(row), row)
      schedule()
    }
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    return inTurn(writeAll)
  }
  const schedule = (): void => {
    if (timer || isClosed) return
    timer = setTimeout(() => void flush(), WRITE_AFTER_MS).unref()
  }
  return {
    note: (usage) => {
      waiting.set(keyOf(usage), usage)
      schedule()
    },
    flush,
    close: () => {
      isClosed = true
      return flush()
    },
  }
}

const keyOf = ({ keyId, day }: DailyUsage): string => `${keyId} ${day}`
