// What the shadow generation would have decided: the stored embedding classified once more, after the answer is under way.
// A queue of its own, one decision a turn of the event loop; where it falls behind, decisions are left out and counted.
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
  /** The generation in the shadow now; null where there is none. */
  generation: () => Generation | null
  now: () => number
  /** Decisions that may wait to be decided once more. */
  queueLimit?: number
}

export interface ShadowStats {
  decided: number
  /** Left out because too many waited, or because writing failed. */
  dropped: number
}

export interface ShadowArm {
  /** Takes a decision that was answered. Never throws and never waits. */
  offer(decision: Decision, config: DecidedUnder): void
  stats(): ShadowStats
  /** Resolves when everything offered so far is decided and written. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Takes what waits, one item a turn of the event loop. */
const emptyInTurns = async <T>(queue: T[], take: (item: T) => void): Promise<void> => {
  for (;;) {
    await nextTurn()
    const item = queue.shift()
    if (item === undefined) return
    take(item)
  }
}

/** Decides what it is given by the generation of then; counts in `stats`. */
const createTake = (
  { generation: current, logger, now }: ShadowOptions,
  stats: ShadowStats,
  add: (row: ShadowDecision) => void,
) => {
  const decide = createShadowDecide()
  // The generation whose failure is in the log.
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
