// A target's remaining requests and tokens, from the headers of its answers, minus the calls made since. Only orders targets: one without
// headroom comes last, but is still called where no other is left.
import type { RateLimitState } from '../failure/rate-limit-headers.ts'

export interface Headroom {
  /** Sets the state by the last answer's headers. */
  learn(state: RateLimitState): void
  /** Counts a new call. */
  spend(tokens: number): void
  /** False where the provider would refuse a call with this many tokens. */
  fits(tokens: number): boolean
  /** The remaining amounts; null where unknown. */
  view(): { requests: number | null; tokens: number | null }
}

interface Left {
  count: number
  untilMs: number
}

/** Validity of a count without a reset time: the providers' windows are minutes. */
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
