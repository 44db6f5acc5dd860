// Counts rows that were dropped on their way to the database, and logs once per failure instead of once per decision.
import type { Logger } from '../../core/logger.ts'

export interface DropCount {
  add(kind: 'decision' | 'completion'): void
  /** Logs the number of lost rows. */
  rows(count: number, message: string): void
  /** The next drop is logged again. */
  endOfFailure(): void
  counts(): { droppedDecisions: number; droppedCompletions: number }
}

export const createDropCount = (logger: Logger): DropCount => {
  let droppedDecisions = 0
  let droppedCompletions = 0
  let isReported = false
  return {
    add: (kind) => {
      if (kind === 'decision') droppedDecisions++
      else droppedCompletions++
      if (isReported) return
      isReported = true
      logger.error({}, 'the decision queue is full or closed: decisions are being dropped')
    },
    rows: (count, message) => {
      droppedDecisions += count
      logger.error({ count }, message)
    },
    endOfFailure: () => {
      isReported = false
    },
    counts: () => ({ droppedDecisions, droppedCompletions }),
  }
}
