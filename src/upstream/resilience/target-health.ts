// The health of one target (a model of a provider): breaker, cooldown, headroom and speed, with a plain view for metrics.
import type { RateLimitState } from '../failure/rate-limit-headers.ts'
import { type BreakerOptions, createBreaker, type Permit } from './breaker.ts'
import { createCooldown } from './cooldown.ts'
import { createHeadroom } from './headroom.ts'
import { createTargetSpeed, type SpeedView, type TargetSpeed } from './target-speed.ts'

export interface TargetHealth {
  /** Milliseconds until it may be called, 0 now. */
  waitMs(): number
  /** The breaker's part of it. */
  breakerWaitMs(): number
  /** Null where its breaker admits no call. A cooldown does not count: see `cooldownUntilMs`. */
  admit(): Permit | null
  coolDown(ms: number): void
  /** On the monotonic clock; larger than before where another request has extended it. */
  readonly cooldownUntilMs: number
  learn(state: RateLimitState): void
  spend(tokens: number): void
  hasHeadroom(tokens: number): boolean
  readonly speed: TargetSpeed
  pace(): TargetPace
  view(): TargetState
}

/** Input for the choice of a model. */
export interface TargetPace extends SpeedView {
  /** Until it may be called; 0: now. */
  waitMs: number
}

/** Plain values for metrics and readiness. */
export interface TargetState {
  breaker: 'closed' | 'open' | 'half_open'
  /** Failures in a row. */
  failures: number
  cooldownMs: number
  /** Until it may be called: breaker and cooldown together. */
  waitMs: number
  remainingRequests: number | null
  remainingTokens: number | null
}

export const createTargetHealth = (options: BreakerOptions): TargetHealth => {
  const breaker = createBreaker(options)
  const cooldown = createCooldown(options.monotonicMs)
  const headroom = createHeadroom(options.monotonicMs)
  const speed = createTargetSpeed(options.monotonicMs)
  const waitMs = (): number => Math.max(breaker.waitMs(), cooldown.waitMs())
  return {
    waitMs,
    breakerWaitMs: breaker.waitMs,
    admit: breaker.admit,
    coolDown: cooldown.extend,
    get cooldownUntilMs() {
      return cooldown.untilMs
    },
    learn: headroom.learn,
    spend: headroom.spend,
    hasHeadroom: headroom.fits,
    speed,
    pace: () => ({ ...speed.view(), waitMs: waitMs() }),
    view: () => {
      const wait = waitMs() // first: it also moves an open breaker on
      const { requests, tokens } = headroom.view()
      return {
        breaker: breaker.kind,
        failures: breaker.failures,
        cooldownMs: cooldown.waitMs(),
        waitMs: wait,
        remainingRequests: requests,
        remainingTokens: tokens,
      }
    },
  }
}
