// Sums of requests, tokens and cost by minute and hour.
export type UsageGrain = 'minute' | 'hour'
/** Time to the answer's first token, and to its end. */
export type UsageTimeKind = 'first_token' | 'answer'

export type UsageDimension = 'route' | 'model' | 'principal' | 'reason' | 'outcome'

export interface UsageQuery {
  grain: UsageGrain
  /** Interval of minutes or hours of the decisions: from `fromMs`, before `toMs`. */
  fromMs: number
  toMs: number
  by: UsageDimension
}

export interface UsageSum {
  /** Value of the dimension: the route, the model …; '' for requests without a key. */
  name: string
  requests: number
  promptTokens: number
  completionTokens: number
  /** Cost of requests with a known price. */
  costUsd: number
  /** Number of served requests with an unknown price, which `costUsd` does not include. */
  unpriced: number
}
