// `target: { usd_per_day }`: the budget of the next request, so that the day's budget lasts for the day and is used up. A feedback
// loop: remaining budget over expected remaining requests, corrected by the ratio of actual cost to the cost on the curve (a
// primal–dual pacer with the price solved on the curve instead of stepped: ParetoBandit, arXiv 2604.00136).
import {
  type Decay,
  type DecayedMean,
  NOTHING_SEEN,
  shrunk,
  withValue,
} from '../statistics/decayed-mean.ts'

export const DAY_MS = 86_400_000

export interface DaySpend {
  /** Number of the UTC day. */
  day: number
  usd: number
  requests: number
}

export interface PaceState {
  today: DaySpend
  /** Requests of the previous day; null where unknown. */
  yesterday: number | null
  /** Exponentially decaying count of requests, about the last hour's, and the time since when it runs. */
  recent: { count: number; atMs: number; sinceMs: number }
  /** Mean logarithm of actual cost / cost on the curve. */
  ratio: DecayedMean
}

export const NOTHING_SPENT: PaceState = {
  today: { day: 0, usd: 0, requests: 0 },
  yesterday: null,
  recent: { count: 0, atMs: 0, sinceMs: 0 },
  ratio: NOTHING_SEEN,
}

const RATIO: Decay = { retention: 0.99 }
const RATIO_STRENGTH = 20
/** Weight of yesterday's rate, as a share of a day. */
const PRIOR_SHARE = 0.1
/** Time constant of the decaying count. */
const RECENT_MS = 3_600_000
/** Least share of the hour that must have been seen before its rate is used. */
const LEAST_SEEN = 0.1
/** Share of the expected requests that is no longer reserved for at the end of the day. */
const CLOSING = 0.6
/** Least number of expected requests, so that the last of a day does not get all of the remaining budget. */
const LEAST_EXPECTED = 1
/** Limit of a request's budget, as a multiple of the day's mean. */
const MOST_TIMES = 20

const dayOf = (nowMs: number): number => Math.floor(nowMs / DAY_MS)

/** The state at `nowMs`: a new day starts a new count. */
export const onDay = (state: PaceState, nowMs: number): PaceState => {
  const day = dayOf(nowMs)
  const { today } = state
  if (today.day === day) return state
  const yesterday = today.day === day - 1 ? today.requests : null
  return { ...state, today: { day, usd: 0, requests: 0 }, yesterday }
}

/** @param usd expected cost of the request, until the actual one is known */
export const withRequest = (state: PaceState, usd: number, nowMs: number): PaceState => {
  const { today, recent, ...rest } = onDay(state, nowMs)
  const { count, sinceMs } = recent
  return {
    ...rest,
    today: { ...today, usd: today.usd + usd, requests: today.requests + 1 },
    recent: {
      count: count * Math.exp(-(nowMs - recent.atMs) / RECENT_MS) + 1,
      atMs: nowMs,
      sinceMs: sinceMs || nowMs,
    },
  }
}

/** Requests per day at the rate of about the last hour; null where too little was seen. */
const recentRate = ({ recent }: PaceState, nowMs: number): number | null => {
  const { count, atMs, sinceMs } = recent
  const seen = 1 - Math.exp(-(nowMs - sinceMs) / RECENT_MS)
  if (sinceMs === 0 || seen < LEAST_SEEN) return null
  const left = count * Math.exp(-(nowMs - atMs) / RECENT_MS)
  return (left / seen / RECENT_MS) * DAY_MS
}

/** Replaces a request's expected cost by its actual one. */
export const withCost = (
  state: PaceState,
  { expectedUsd, costUsd, nowMs }: { expectedUsd: number; costUsd: number; nowMs: number },
): PaceState => {
  const { today, ratio, ...rest } = onDay(state, nowMs)
  const usd = Math.max(0, today.usd + costUsd - expectedUsd)
  const isTelling = expectedUsd > 0 && costUsd > 0
  return {
    ...rest,
    today: { ...today, usd },
    ratio: isTelling
      ? withValue(ratio, Math.log(costUsd / expectedUsd), { nowMs, decay: RATIO })
      : ratio,
  }
}

/** Budget of the next request in USD on the curve; infinite where the number of requests to come is unknown. */
export const allowanceOf = (given: PaceState, usdPerDay: number, nowMs: number): number => {
  const { today, yesterday, ratio } = onDay(given, nowMs)
  const passed = (nowMs % DAY_MS) / DAY_MS
  const prior = yesterday === null ? 0 : PRIOR_SHARE
  const ofDay = (today.requests + prior * (yesterday ?? 0)) / (passed + prior)
  // The later in the day, the better the last hour predicts the rest.
  const rate = (1 - passed) * ofDay + passed * (recentRate(given, nowMs) ?? ofDay)
  if (!(rate > 0)) return Number.POSITIVE_INFINITY
  // Late in the day it expects fewer requests than likely: what is left at midnight is lost.
  const counted = 1 - CLOSING * passed ** 4
  const expected = Math.max(LEAST_EXPECTED, rate * (1 - passed) * counted)
  const left = Math.max(0, usdPerDay - today.usd) / expected
  const most = (MOST_TIMES * usdPerDay) / rate
  return Math.min(left, most) / Math.exp(shrunk(ratio, { prior: 0, strength: RATIO_STRENGTH }))
}
