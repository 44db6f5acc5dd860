// What requests came to, in sums by minute and hour.

export type UsageGrain = 'minute' | 'hour'

/** Until the answer's first token, and until its end. */
export type UsageTimeKind = 'first_token' | 'answer'

export type UsageDimension = 'route' | 'model' | 'principal' | 'reason' | 'outcome'

export interface UsageQuery {
  grain: UsageGrain
  /** Of the minute or hour that a decision was made in: from here on, and before there. */
  fromMs: number
  toMs: number
  by: UsageDimension
}

export interface UsageSum {
  /** The route, the model …; '' where no key asked. */
  name: string
  requests: number
  promptTokens: number
  completionTokens: number
  /** Of requests whose price is known. */
  costUsd: number
  /** Served at a price that nobody knows: not part of `costUsd`. */
  unpriced: number
}
