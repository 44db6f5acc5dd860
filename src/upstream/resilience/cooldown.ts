// The time that a rate-limited target rests. It only ever becomes longer, and is told in milliseconds that never jump.

export interface Cooldown {
  /** Rests at least `ms` from now. */
  extend(ms: number): void
  /** Milliseconds left, 0 where it does not rest. */
  waitMs(): number
  /** Its end on the monotonic clock: larger than before where someone else has extended it. */
  readonly untilMs: number
}

/** A target asks for no more than this, whatever it says. */
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
