// Alerts: their kinds and severities, and the record of one that began or ended.

export const ALERT_KINDS = [
  'error_rate',
  'fallback_rate',
  'latency',
  'first_token',
  'spend',
  'burn_rate',
  'unpriced',
  'breaker_open',
  'targets_down',
  'fail_open',
  'abstention',
  'novelty',
  'confidence_drift',
  'prompt_drift',
  'route_drift',
  'entropy_drop',
  'bad_votes',
  'gate_refused',
  'canary_rolled_back',
  'generation_refused',
  'config_refused',
  'encoder_restarts',
  'queue_drops',
  'disk',
] as const

export type AlertKind = (typeof ALERT_KINDS)[number]

export const SEVERITIES = ['info', 'warning', 'critical'] as const

export type Severity = (typeof SEVERITIES)[number]

/** The result of a rule for the present. `between` keeps a firing alert but begins none (hysteresis). */
export interface Condition {
  kind: AlertKind
  /** What the alert is about: a model or a route; '' where the kind has only one subject. */
  subject: string
  severity: Severity
  level: 'over' | 'between'
  /** A sentence with the figures; contains only configured names and numbers. */
  summary: string
}

/** An alert that began or ended. */
export interface AlertChange {
  kind: AlertKind
  subject: string
  severity: Severity
  state: 'firing' | 'resolved'
  summary: string
  atMs: number
  /** When it began. */
  sinceMs: number
}

/** An alert as it is stored. */
export interface AlertRecord extends AlertChange {
  /** uuid v7. */
  id: string
}
