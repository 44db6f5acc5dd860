// What is left of a target's requests and tokens, learned from its answers and counted down by what we send meanwhile.
// It only orders targets: one without headroom goes behind, and is still called where no other is left.
import type { RateLimitState } from '../failure/rate-limit-headers.ts'

export interface Headroom {
  /** Takes what the last answer said. */
  learn(state: RateLimitState): void
  /** Counts a call that is being made. */
  spend(tokens: number): void
  /** False where the provider would refuse a call of so many tokens. */
  fits(tokens: number): boolean
  /** What is left now; null where nothing is known. */
  view(): { requests: number | null; tokens: number | null }
}

interface Left {
  count: number
  untilMs: number
}

/** How long a count without a reset time is believed: the providers' windows are minutes. */
const WINDOW_MS = 60_000

export const createHeadroom = (monotonicMs: () => number): Headroom => {
  let requests: Left | null = null
  let tokens: Left | null = null

  const learned = (count: number | null, resetMs: number | null): Left | null =>
    count === null ? null : { count, untilMs: monotonicMs() + (resetMs ?? WINDOW_MS) }
  const current = (left: Left | null): Left | null =>
    left !== null && monotonicMs() < left.untilMs ? left : null
  const fitsIn = (left: Left | null, needed: number): boolean => {
    const now = current(left)
    return now === null || now.count >= needed
  }
  return {
    learn: (state) => {
      requests = learned(state.remainingRequests, state.resetRequestsMs) ?? requests
      tokens = learned(state.remainingTokens, state.resetTokensMs) ?? tokens
    },
    spend: (count) => {
      if (requests !== null) requests.count = Math.max(0, requests.count - 1)
      if (tokens !== null) tokens.count = Math.max(0, tokens.count - count)
    },
    fits: (count) => fitsIn(requests, 1) && fitsIn(tokens, count),
    view: () => ({
      requests: current(requests)?.count ?? null,
      tokens: current(tokens)?.count ?? null,
    }),
  }
}
