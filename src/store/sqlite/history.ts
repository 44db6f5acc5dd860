// Reads and deletions of many decisions, main-thread part. Works in pages, so that the worker can write in between, and the event loop
// unpacks only one page at a time.
import type { ShadowSummary } from '../../core/records/arm-records.ts'
import type { FeedbackWithDecision } from '../../core/records/feedback.ts'
import type { ReplayRow } from '../../core/records/stored-decision.ts'
import { RouterError } from '../../errors.ts'
import type { ForgetQuery, Forgotten, ReplayQuery, Store } from '../store.ts'
import { type FeedbackPage, unpackFeedback } from './feedback-table.ts'
import type { StoreCalls } from './plain-calls.ts'
import { unpackReplayRows } from './replay-table.ts'
import { addShadows, LISTED_EXAMPLES, NO_SHADOWS, type ShadowPage } from './shadow-table.ts'
import type { WorkerClient } from './worker-client.ts'

export type History = Pick<
  Store,
  'listFeedback' | 'listForgettable' | 'listReplayRows' | 'shadowSummary' | 'forget'
>

/** Rows that cross from the worker at once: the main loop unpacks 100 of 1,152 floats in about two milliseconds. */
const PAGE = 100
/** Shadow decisions that are summed up at once: each looks its decision up. */
const SHADOW_PAGE = 1_000
const MOST_REPLAYED = 5_000
/** Decisions that are forgotten in one transaction. */
const FORGET_CHUNK = 500
/** Attempts of 100 ms each. */
const ERASE_TRIES = 50

export const createHistory = (calls: StoreCalls, now: () => number): History => ({
  listFeedback: () => readVotes(calls.client, null),
  listForgettable: async (query) => {
    await calls.flush()
    return readVotes(calls.client, query)
  },
  listReplayRows: async (query) => {
    if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MOST_REPLAYED) {
      const message = `\`limit\` must be an integer from 1 to ${MOST_REPLAYED}.`
      throw new RouterError('invalid_request', message, { param: 'limit' })
    }
    // Committed decisions can still be replayed while writes fail.
    await calls.flush().catch(() => {})
    return readRows(calls.client, query)
  },
  shadowSummary: async (generation) => {
    await calls.flush().catch(() => {})
    return readShadows(calls.client, generation)
  },
  forget: async (query, exemplarIds) => {
    await calls.flush()
    const total: Forgotten = { decisions: 0, feedback: 0 }
    for (let count = FORGET_CHUNK; count === FORGET_CHUNK; ) {
      const chunk = { query, exemplarIds: total.decisions === 0 ? exemplarIds : [] }
      const gone = await calls.noted(
        calls.client.call('forget', { ...chunk, nowMs: now(), limit: FORGET_CHUNK }),
      )
      count = gone.decisions
      total.decisions += gone.decisions
      total.feedback += gone.feedback
    }
    await erase(calls.client)
    return total
  },
})

const readVotes = async (
  client: WorkerClient,
  of: ForgetQuery | null,
): Promise<FeedbackWithDecision[]> => {
  const votes: FeedbackWithDecision[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: FeedbackPage = await client.call('listFeedback', { of, after, limit: PAGE })
    votes.push(...unpackFeedback(page.rows))
    after = page.next
  }
  return votes.sort(byTime)
}

const byTime = (a: FeedbackWithDecision, b: FeedbackWithDecision): number =>
  a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

const readRows = async (client: WorkerClient, query: ReplayQuery): Promise<ReplayRow[]> => {
  const rows: ReplayRow[] = []
  for (let next = query; rows.length < query.limit; ) {
    const limit = Math.min(PAGE, query.limit - rows.length)
    const page = unpackReplayRows(await client.call('listReplayRows', { ...next, limit }))
    rows.push(...page)
    const last = page.at(-1)
    if (page.length < limit || !last) break
    next = { ...query, before: last.id }
  }
  return rows
}

const readShadows = async (client: WorkerClient, generation: number): Promise<ShadowSummary> => {
  let summary = NO_SHADOWS
  let before: string | null = null
  do {
    const examples = LISTED_EXAMPLES - summary.examples.length
    const query = { generation, before, limit: SHADOW_PAGE, examples }
    const page: ShadowPage = await client.call('shadowSummary', query)
    summary = addShadows(summary, page)
    before = page.next
  } while (before !== null)
  return summary
}

/** Retries while readers of the log, such as a replay in another process, prevent its truncation. */
const erase = async (client: WorkerClient): Promise<void> => {
  for (let tries = 0; tries < ERASE_TRIES; tries++) {
    if (await client.call('erase', null)) return
  }
  throw new RouterError(
    'store_unavailable',
    'The decisions are deleted, but a reader holds the log that still has their text. Try again.',
  )
}
