// The times of a run: `full` waits as acceptance names it against the timeouts that Signalbox ships with, `fast` sets a
// twentieth of them, with floors below which a busy machine would fail what the router does right.
import { type Config, configSchema } from '../../../src/config/config-schema.ts'
import { defaultConfig } from '../../../src/config/default-config.ts'

export interface Profile {
  readonly name: 'full' | 'fast'
  readonly retryAfterS: number
  /** From the headers of a slow target to its first token. */
  readonly slowTokenMs: number
  /** A client of a slow target must have its whole answer in this time, whatever the timers are set to. */
  readonly slowTokenMostMs: number
  readonly outageMs: number
  /** How soon after an outage the primary must serve again. */
  readonly recoveryMs: number
  /** What a case may take beyond the waits that it is meant to have. */
  readonly slackMs: number
  /** What stands under `resilience` in signalbox.yaml; nothing in the full profile. */
  readonly settings: Partial<Times>
  /** What the server then waits. */
  readonly resilience: Times
}

/** Cut to a twentieth by the fast profile: limits, and waits without a floor. */
const LIMITS = [
  'first_byte_timeout_ms',
  'whole_answer_timeout_ms',
  'first_token_timeout_ms',
  'idle_timeout_ms',
] as const
const WAITS = [
  ...(['backoff_base_ms', 'backoff_max_ms', 'cooldown_ms'] as const),
  ...(['breaker_open_ms', 'breaker_max_open_ms'] as const),
] as const

type Times = Pick<Config['resilience'], (typeof LIMITS | typeof WAITS)[number] | 'total_timeout_ms'>

const SHIPPED: Times = configSchema.parse(defaultConfig({})).resilience

export const FULL: Profile = {
  name: 'full',
  retryAfterS: 2,
  slowTokenMs: 20_000,
  slowTokenMostMs: 15_000,
  outageMs: 60_000,
  recoveryMs: 30_000,
  slackMs: 2_000,
  settings: {},
  resilience: SHIPPED,
}

const SHARE = 1 / 20
const FLOOR_MS = 500
const LEAST_TOTAL_MS = 10_000

const scaled = (ms: number): number => Math.round(ms * SHARE)

const FAST_TIMES = {
  total_timeout_ms: LEAST_TOTAL_MS,
  ...Object.fromEntries(LIMITS.map((key) => [key, Math.max(FLOOR_MS, scaled(SHIPPED[key]))])),
  ...Object.fromEntries(WAITS.map((key) => [key, scaled(SHIPPED[key])])),
} as Times

export const FAST: Profile = {
  name: 'fast',
  retryAfterS: 1, // whole seconds: there is no shorter one in this header
  slowTokenMs: 2 * FAST_TIMES.first_token_timeout_ms + FULL.slackMs,
  slowTokenMostMs: FAST_TIMES.first_token_timeout_ms + FULL.slackMs,
  outageMs: scaled(FULL.outageMs),
  recoveryMs: scaled(FULL.recoveryMs) + FULL.slackMs,
  slackMs: FULL.slackMs,
  settings: FAST_TIMES,
  resilience: FAST_TIMES,
}
