// The review queue as pages show it. Finding it takes a process and seconds, so it is looked for in the background and kept: a page
// shows what was found last, and what is settled meanwhile goes from the list.
import { toRouterError } from '../../../errors.ts'
import type { Review } from '../../../training/review/review.ts'
import type { ReviewItem } from '../../../training/review/review-item.ts'

export interface QueueState {
  isSearching: boolean
  /** Null before the first search is through. */
  found: { items: ReviewItem[]; decisions: number; generation: number | null; atMs: number } | null
  /** Of the last search; null where it went well. */
  problem: string | null
}

export interface ReviewQueue {
  readonly state: QueueState
  /** Looks for it anew in the background, unless that is going on already. */
  search(nowMs: number): void
  /** As `search`, where nothing was found yet, another generation serves, or it is ten minutes old. */
  visit(nowMs: number, generation: number | null): void
  /** Takes an item out. @returns the one that comes next, null where none is left */
  settle(id: string): ReviewItem | null
}

const STALE_MS = 600_000
/** Of each kind. */
const MOST_ITEMS = 20

const createReviewQueue = (review: Review): ReviewQueue => {
  const state: QueueState = { isSearching: false, found: null, problem: null }
  const settled = new Set<string>()
  const search = async (nowMs: number): Promise<void> => {
    state.isSearching = true
    try {
      const { items, decisions, generation } = await review.list({ limit: MOST_ITEMS })
      const open = items.filter(({ id }) => !settled.has(id))
      state.found = { items: open, decisions, generation, atMs: nowMs }
      state.problem = null
    } catch (error) {
      state.problem = toRouterError(error).message
    } finally {
      state.isSearching = false
    }
  }
  const begin = (nowMs: number): void => {
    if (!state.isSearching) void search(nowMs)
  }
  return {
    state,
    search: begin,
    visit: (nowMs, generation) => {
      const { found, problem } = state
      if (problem !== null) return
      const isOld = found === null || nowMs - found.atMs > STALE_MS
      if (isOld || found.generation !== generation) begin(nowMs)
    },
    settle: (id) => {
      settled.add(id)
      const items = state.found?.items ?? []
      const at = items.findIndex((item) => item.id === id)
      if (at >= 0) items.splice(at, 1)
      return items[at] ?? items[0] ?? null
    },
  }
}

const queues = new WeakMap<Review, ReviewQueue>()

/** One for each server, whatever its configuration. */
export const reviewQueueOf = (review: Review): ReviewQueue => {
  const queue = queues.get(review) ?? createReviewQueue(review)
  queues.set(review, queue)
  return queue
}
