// The delay before the same target is called again: exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff
// And Jitter"), so that calls that failed together are not repeated together.

export interface BackoffOptions {
  baseMs: number
  maxMs: number
  /** 0 ≤ x < 1. */
  random: () => number
}

/** Milliseconds before retry number `retry` (from 0): anywhere between 0 and `baseMs · 2^retry`, at most `maxMs`. */
export const backoffMs = (retry: number, { baseMs, maxMs, random }: BackoffOptions): number =>
  random() * Math.min(maxMs, baseMs * 2 ** retry)
