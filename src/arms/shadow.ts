// Runs the shadow: classifies the embedding of a decision again, after its answer has begun. In a bounded queue, one decision per turn of
// the event loop; when it is full, decisions are dropped and counted.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ShadowDecision } from '../core/records/arm-records.ts'
import type { Decision } from '../core/types.ts'
import { toRouterError } from '../errors.ts'
import { createRepeating } from '../jobs/repeating.ts'
import type { Generation } from '../vector-index/generation.ts'
import {
  type Answered,
  createShadowDecide,
  type DecidedUnder,
  isComparable,
} from './decide-in-shadow.ts'
import { createShadowRows, type ShadowRowsOptions } from './shadow-rows.ts'

export interface ShadowOptions extends ShadowRowsOptions {
  /** The shadow generation; null where there is none. */
  generation: () => Generation | null
  now: () => number
  /** Most queued decisions. */
  queueLimit?: number
}

export interface ShadowStats {
  decided: number
  /** Dropped because the queue was full, or writing failed. */
  dropped: number
}

export interface ShadowArm {
  /** Queues an answered decision. Never throws or waits. */
  offer(decision: Decision, config: DecidedUnder): void
  stats(): ShadowStats
  /** Resolves when everything offered so far is decided and written. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Processes the queue, one item per turn of the event loop. */
const emptyInTurns = async <T>(queue: T[], take: (item: T) => void): Promise<void> => {
  for (;;) {
    await nextTurn()
    const item = queue.shift()
    if (item === undefined) return
    take(item)
  }
}

/** Decides an item by the current shadow generation; counts in `stats`. */
const createTake = (
  { generation: current, logger, now }: ShadowOptions,
  stats: ShadowStats,
  add: (row: ShadowDecision) => void,
) => {
  const decide = createShadowDecide()
  // The generation whose failure was logged.
  let failed: number | null = null

  return (answered: Answered): void => {
    const generation = current()
    if (generation === null) return
    try {
      const made = decide(generation, answered)
      if (made === null) return
      const { id: decisionId } = answered.decision
      add({ decisionId, generation: generation.number, ...made, createdAtMs: now() })
      stats.decided += 1
    } catch (error) {
      stats.dropped += 1
      if (failed === generation.number) return
      failed = generation.number
      const { code, message } = toRouterError(error)
      const fields = { generation: generation.number, code, problem: message }
      logger.error(fields, 'The shadow could not decide.')
    }
  }
}

export const createShadow = (options: ShadowOptions): ShadowArm => {
  const { generation, queueLimit = 256 } = options
  const queue: Answered[] = []
  const stats: ShadowStats = { decided: 0, dropped: 0 }
  const rows = createShadowRows(options, (count) => {
    stats.dropped += count
  })
  const take = createTake(options, stats, rows.add)
  const work = createRepeating(() => emptyInTurns(queue, take))
  let isClosed = false
  const flush = async (): Promise<void> => {
    await work.stop()
    await rows.flush()
  }
  return {
    offer: (decision, config) => {
      if (isClosed || generation() === null || !isComparable(decision)) return
      if (queue.length >= queueLimit) {
        stats.dropped += 1
        return
      }
      queue.push({ decision, config })
      void work.run()
    },
    stats: () => ({ ...stats }),
    flush,
    close: async () => {
      isClosed = true
      await flush()
    },
  }
}
