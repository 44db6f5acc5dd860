// Votes on their way to the store, off the path of requests: one at a time, because each is committed to disk.
// Bounded: what no longer fits is dropped and counted, for a vote that was read off is worth less than a request.
import type { Logger } from '../core/logger.ts'
import type { Feedback } from '../core/records/feedback.ts'
import { toRouterError } from '../errors.ts'
import type { Store } from '../store/store.ts'

export type VoteOutcome = 'noted' | 'dropped' | 'failed'

export interface VoteQueue {
  /** Never throws and never waits. */
  add(vote: Feedback): void
  /** Resolves when all that waits now is written or has failed. */
  flush(): Promise<void>
}

export interface VoteQueueOptions {
  store: Pick<Store, 'addFeedback'>
  /** Most votes that wait. */
  limit: number
  onOutcome: (vote: Feedback, outcome: VoteOutcome) => void
  logger: Logger
}

export const createVoteQueue = (options: VoteQueueOptions): VoteQueue => {
  const { store, limit, onOutcome, logger } = options
  const waiting: Feedback[] = []
  let underWay: Promise<void> | null = null

  const write = async (vote: Feedback): Promise<void> => {
    try {
      await store.addFeedback(vote)
      onOutcome(vote, 'noted')
    } catch (error) {
      const { code } = toRouterError(error)
      logger.warn({ code, decisionId: vote.decisionId }, 'an implicit vote was not written')
      onOutcome(vote, 'failed')
    }
  }
  const writeAll = async (): Promise<void> => {
    for (let vote = waiting.shift(); vote; vote = waiting.shift()) await write(vote)
    underWay = null
  }
  return {
    add: (vote) => {
      if (waiting.length >= limit) return onOutcome(vote, 'dropped')
      waiting.push(vote)
      underWay ??= Promise.resolve().then(writeAll)
    },
    flush: async () => {
      await underWay
    },
  }
}
