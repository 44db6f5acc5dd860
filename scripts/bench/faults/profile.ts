// The times of a run: as acceptance names them, or a twentieth of that, with floors below which a busy machine would fail
// what the router does right.

export interface Profile {
  readonly name: 'full' | 'fast'
  readonly retryAfterS: number
  /** From the headers of a slow target to its first token. */
  readonly slowTokenMs: number
  readonly outageMs: number
  /** How soon after an outage the primary must serve again. */
  readonly recoveryMs: number
  /** What a case may take beyond the waits that it is meant to have. */
  readonly slackMs: number
  /** Of signalbox.yaml. */
  readonly resilience: {
    total_timeout_ms: number
    first_byte_timeout_ms: number
    whole_answer_timeout_ms: number
    first_token_timeout_ms: number
    idle_timeout_ms: number
    backoff_base_ms: number
    backoff_max_ms: number
    cooldown_ms: number
    breaker_open_ms: number
    breaker_max_open_ms: number
  }
}

export const FULL: Profile = {
  name: 'full',
  retryAfterS: 2,
  slowTokenMs: 20_000,
  outageMs: 60_000,
  recoveryMs: 30_000,
  slackMs: 2_000,
  resilience: {
    total_timeout_ms: 60_000,
    first_byte_timeout_ms: 5_000,
    whole_answer_timeout_ms: 8_000,
    first_token_timeout_ms: 10_000,
    idle_timeout_ms: 15_000,
    backoff_base_ms: 500,
    backoff_max_ms: 8_000,
    cooldown_ms: 1_000,
    breaker_open_ms: 5_000,
    breaker_max_open_ms: 20_000,
  },
}

const SHARE = 1 / 20
const FLOOR_MS = 500
const LEAST_TOTAL_MS = 10_000

const scaled = (ms: number): number => Math.round(ms * SHARE)
const limit = (ms: number): number => Math.max(FLOOR_MS, scaled(ms))

export const FAST: Profile = {
  name: 'fast',
  retryAfterS: 1, // whole seconds: there is no shorter one in this header
  slowTokenMs: 2 * limit(FULL.resilience.first_token_timeout_ms),
  outageMs: scaled(FULL.outageMs),
  recoveryMs: scaled(FULL.recoveryMs) + FULL.slackMs,
  slackMs: FULL.slackMs,
  resilience: {
    total_timeout_ms: LEAST_TOTAL_MS,
    first_byte_timeout_ms: limit(FULL.resilience.first_byte_timeout_ms),
    whole_answer_timeout_ms: limit(FULL.resilience.whole_answer_timeout_ms),
    first_token_timeout_ms: limit(FULL.resilience.first_token_timeout_ms),
    idle_timeout_ms: limit(FULL.resilience.idle_timeout_ms),
    backoff_base_ms: scaled(FULL.resilience.backoff_base_ms),
    backoff_max_ms: scaled(FULL.resilience.backoff_max_ms),
    cooldown_ms: scaled(FULL.resilience.cooldown_ms),
    breaker_open_ms: scaled(FULL.resilience.breaker_open_ms),
    breaker_max_open_ms: scaled(FULL.resilience.breaker_max_open_ms),
  },
}
