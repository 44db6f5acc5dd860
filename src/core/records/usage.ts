// Sums of requests, tokens and cost by minute, hour and day.
export type UsageGrain = 'minute' | 'hour' | 'day'
/** A dimension that sums over the others keep. */
export type UsageMargin = 'all' | 'route' | 'model'
/** Time to the answer's first token, and to its end. */
export type UsageTimeKind = 'first_token' | 'answer'

/** `start`: the minute or hour, in epoch milliseconds. */
export type UsageDimension = 'route' | 'model' | 'principal' | 'reason' | 'outcome' | 'start'

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
  /** Of them: those that got no whole answer, callers that left not counted. */
  failed: number
  promptTokens: number
  completionTokens: number
  /** Cost of requests with a known price. */
  costUsd: number
  /** Number of served requests with an unknown price, which `costUsd` does not include. */
  unpriced: number
}

export interface UsageTimesQuery extends Omit<UsageQuery, 'by'> {
  /** Of all together where it is null. */
  by: Exclude<UsageDimension, 'outcome'> | null
}

/** Half of them were faster, and nineteen of twenty; to a twentieth. */
export interface TimeQuantiles {
  p50Ms: number
  p95Ms: number
}

/** How long served requests took. */
export interface UsageTimes {
  /** The route, the model …; '' where all are one. */
  name: string
  /** Null where nothing was timed. */
  firstToken: TimeQuantiles | null
  answer: TimeQuantiles | null
}

/** Sums by outcome alone, over time. */
export interface UsageSeriesQuery {
  grain: UsageGrain
  fromMs: number
  toMs: number
  /** Of one point: whole grains. */
  stepMs: number
}

export interface UsagePoint {
  /** Of the step. */
  startMs: number
  outcome: string
  requests: number
  costUsd: number
  unpriced: number
}

export interface UsagePercentilesQuery {
  grain: UsageGrain
  fromMs: number
  toMs: number
  by: UsageMargin
  /** Of one point; null for the whole time as one. */
  stepMs: number | null
}

/** How long served requests took. */
export interface UsagePercentiles {
  /** The route, the model; '' for all. */
  name: string
  kind: UsageTimeKind
  /** Of the step; `fromMs` where there is one for the whole time. */
  startMs: number
  requests: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
}
