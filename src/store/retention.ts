// Deletes decisions older than storage.retention_days in chunks, so that writes are not delayed. Decisions with feedback are training
// data and stay twice as long.
import type { Logger } from '../core/logger.ts'
import { createRepeating } from '../jobs/repeating.ts'

export interface RetentionOptions {
  target: {
    deleteExpired(query: {
      beforeMs: number
      votedBeforeMs: number
      limit: number
    }): Promise<number>
    /** Responses have their own retention time. */
    deleteExpiredResponses(nowMs: number): Promise<number>
    /** Evaluations have their own retention time. */
    deleteExpiredEvaluations(beforeMs: number): Promise<number>
    /** Usage sums contain no texts. */
    deleteExpiredUsage(nowMs: number): Promise<number>
    checkpoint(): Promise<void>
  }
  retentionDays: number
  /** Retention of evaluated prompts. */
  evaluationDays: number
  logger: Logger
  now?: () => number
  /** Most decisions deleted in one transaction. */
  chunkSize?: number
  /** Awaited between chunks. */
  pause?: () => Promise<void>
}

export interface Retention {
  /** Deletes everything that is expired. @returns the number of deleted decisions. @throws RouterError `store_unavailable` */
  run(): Promise<number>
  /** Runs at once and then every `intervalMs`; failures are logged, and the next run tries again. */
  start(intervalMs: number): void
  /** Ends after the chunk under way. */
  stop(): Promise<void>
}

const DAY_MS = 86_400_000

const briefly = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

/** Deletes chunk by chunk until nothing is left or it is stopped. @returns the number of deleted decisions */
const deleteDecisions = async (
  { target, chunkSize = 200, pause = briefly }: RetentionOptions,
  query: { beforeMs: number; votedBeforeMs: number },
  isStopped: () => boolean,
): Promise<number> => {
  let total = 0
  for (let count = chunkSize; count === chunkSize && !isStopped(); ) {
    count = await target.deleteExpired({ ...query, limit: chunkSize })
    total += count
    if (count === chunkSize) await pause()
  }
  return total
}

export const createRetention = (options: RetentionOptions): Retention => {
  const { target, logger, now = Date.now } = options
  const failed = (error: Error): void =>
    logger.warn({ reason: error.message }, 'expired decisions could not be deleted')
  let isStopped = false

  const deletion = createRepeating(async () => {
    const age = options.retentionDays * DAY_MS
    const query = { beforeMs: now() - age, votedBeforeMs: now() - 2 * age }
    await target.deleteExpiredUsage(now())
    const responses = await target.deleteExpiredResponses(now())
    const evaluations = await target.deleteExpiredEvaluations(
      now() - options.evaluationDays * DAY_MS,
    )
    const total = await deleteDecisions(options, query, () => isStopped)
    if (total + responses + evaluations === 0) return 0
    // Deleted prompts stay on disk until the log with their pages is truncated. Pieces of a few may stay in unused parts of pages until
    // those are reused: only `forget` rewrites the file, which would be too much every hour.
    await target.checkpoint()
    const deleted = {
      deletedDecisions: total,
      deletedResponses: responses,
      deletedEvaluations: evaluations,
    }
    logger.info(deleted, 'expired decisions, responses and evaluations were deleted')
    return total
  }, failed)
  return {
    run: deletion.run,
    start: (intervalMs) => {
      void deletion.run().catch(failed)
      deletion.start(intervalMs)
    },
    stop: () => {
      isStopped = true
      return deletion.stop()
    },
  }
}
