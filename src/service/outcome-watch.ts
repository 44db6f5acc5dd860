// Feeds votes on answers and each route's spending today from the store to the model memory, periodically and once after a start.
// Reading the store rather than the endpoint includes votes by commands, by reviewers and from before a restart.
import type { Config } from '../config/config-schema.ts'
import { policyOf } from '../config/schema/select-schema.ts'
import type { Logger } from '../core/logger.ts'
import { DAY_MS } from '../core/select/pacer.ts'
import { createRepeating } from '../jobs/repeating.ts'
import type { OutcomeMemory } from '../routing/outcome-memory.ts'
import type { Store } from '../store/store.ts'

export interface OutcomeWatchOptions {
  /** The serving configuration, read at each run. */
  config: () => Pick<Config, 'routes'>
  memory: () => Pick<OutcomeMemory, 'learn' | 'spent'>
  store: Pick<Store, 'listServedOutcomes' | 'routeSpend'>
  logger: Logger
  now: () => number
}

export interface OutcomeWatch {
  /** Reads new votes. @throws RouterError `store_unavailable` */
  run(): Promise<void>
  start(intervalMs: number): void
  stop(): Promise<void>
}

/** Age of the votes that are read after a start. */
const REMEMBERED_MS = 30 * DAY_MS
const MOST = 2_000

const isLearning = ({ routes }: Pick<Config, 'routes'>): boolean =>
  Object.values(routes).some(({ select }) => policyOf(select).policy === 'learned')

export const createOutcomeWatch = (options: OutcomeWatchOptions): OutcomeWatch => {
  const { config, memory, store, logger, now } = options
  let seenMs: number | null = null
  const failed = (error: Error): void =>
    logger.warn({ reason: error.message }, 'votes on answers could not be read')
  const readSpend = async (): Promise<void> => {
    const midnight = Math.floor(now() / DAY_MS) * DAY_MS
    for (const { route, costUsd, requests } of await store.routeSpend(midnight)) {
      memory().spent(route, { usd: costUsd, requests })
    }
  }
  const watch = createRepeating(async () => {
    if (!isLearning(config())) return
    if (seenMs === null) await readSpend()
    const votedSinceMs = seenMs ?? now() - REMEMBERED_MS
    // Taken before the read: a vote that comes meanwhile is read twice rather than missed.
    const readMs = now()
    const outcomes = await store.listServedOutcomes({ votedSinceMs, limit: MOST })
    memory().learn(outcomes.reverse())
    seenMs = readMs
  }, failed)
  return {
    run: async () => {
      await watch.run()
    },
    start: (intervalMs) => {
      void watch.run().catch(failed)
      watch.start(intervalMs)
    },
    stop: watch.stop,
  }
}
