// The cooldown of a rate-limited target, on the monotonic clock. It is only ever extended.

export interface Cooldown {
  /** Extends the cooldown to at least `ms` from now. */
  extend(ms: number): void
  /** Remaining milliseconds, 0 without a cooldown. */
  waitMs(): number
  /** Its end on the monotonic clock; larger than before where another request has extended it. */
  readonly untilMs: number
}

/** Longest cooldown, whatever the provider asks for. */
const LONGEST_MS = 60_000

export const createCooldown = (monotonicMs: () => number): Cooldown => {
  let untilMs = Number.NEGATIVE_INFINITY
  return {
    extend: (ms) => {
      untilMs = Math.max(untilMs, monotonicMs() + Math.min(Math.max(ms, 0), LONGEST_MS))
    },
    waitMs: () => Math.max(0, untilMs - monotonicMs()),
    get untilMs() {
      return untilMs
    },
  }
}
