// Writes implicit votes to the store, off the request path, one at a time, because each is committed to disk. Bounded: votes that do
// not fit are dropped and counted.
import type { Logger } from '../core/logger.ts'
import type { Feedback } from '../core/records/feedback.ts'
import { toRouterError } from '../errors.ts'
import type { Store } from '../store/store.ts'

export type VoteOutcome = 'noted' | 'dropped' | 'failed'

export interface VoteQueue {
  /** Never throws and never waits. */
  add(vote: Feedback): void
  /** Resolves when all votes queued so far are written or have failed. */
  flush(): Promise<void>
}

export interface VoteQueueOptions {
  store: Pick<Store, 'addFeedback'>
  /** Most queued votes. */
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
