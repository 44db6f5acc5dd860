// The settings of the alert rules, by kind, in the form of signalbox.yaml.
import type { AlertKind, Severity } from './alert.ts'

export interface RuleBase {
  off: boolean
  severity: Severity
}

export interface ShareRule extends RuleBase {
  /** 0 to 1. */
  above: number
  window_minutes: number
  /** With fewer events in the window the rule is not evaluated. */
  min_count: number
}

export interface LatencyRule extends RuleBase {
  /** Limit of the 95th percentile. */
  above_ms: number
  window_minutes: number
  min_count: number
}

export interface CountRule extends RuleBase {
  above: number
  window_minutes: number
}

export interface EventRule extends RuleBase {
  /** How long the alert fires after an event that has no end of its own. */
  hold_minutes: number
}

export interface AlertRules extends Record<AlertKind, RuleBase> {
  error_rate: ShareRule
  fallback_rate: ShareRule
  fail_open: ShareRule
  unpriced: ShareRule
  latency: LatencyRule
  first_token: LatencyRule
  spend: RuleBase & { above_usd: number | null; window_minutes: number }
  burn_rate: RuleBase & { budget_usd: number | null; fast_factor: number; slow_factor: number }
  encoder_restarts: CountRule
  queue_drops: CountRule
  disk: RuleBase & { below_bytes: number }
  gate_refused: EventRule
  canary_rolled_back: EventRule
  bad_votes: RuleBase & { expected: number; feared: number }
}
