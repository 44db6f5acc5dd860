// The words of alerts: what can be told of, how grave it is, and when it began and ended.

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

/** What a rule says of now. `between` keeps an alert that fires, and begins none. */
export interface Condition {
  kind: AlertKind
  /** Which one of several: a model, a route; else ''. */
  subject: string
  severity: Severity
  level: 'over' | 'between'
  /** A sentence with the figures. It holds configured names and numbers only. */
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

/** As it is kept. */
export interface AlertRecord extends AlertChange {
  /** uuid v7. */
  id: string
}
