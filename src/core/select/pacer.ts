// `target: { usd_per_day }`: what the next request may cost, so that a day's money lasts for a day and is spent. A feedback loop:
// what is left of it over the requests that are still to be expected, corrected by what requests have really cost against what the
// curve said (a primal–dual pacer with the price solved on the curve instead of stepped: ParetoBandit, arXiv 2604.00136).
import {
  type Decay,
  type DecayedMean,
  NOTHING_SEEN,
  shrunk,
  withValue,
} from '../statistics/decayed-mean.ts'

export const DAY_MS = 86_400_000

export interface DaySpend {
  /** Number of the day of UTC. */
  day: number
  usd: number
  requests: number
}

export interface PaceState {
  today: DaySpend
  /** Requests of the day before; null where nothing is known of it. */
  yesterday: number | null
  /** Requests of about the last hour: a count that decays, and since when it is kept. */
  recent: { count: number; atMs: number; sinceMs: number }
  /** Logarithm of what requests cost against what the curve says. */
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
/** Of a day: how much of it yesterday stands for. */
const PRIOR_SHARE = 0.1
/** What was seen longer ago counts 1/e and less. */
const RECENT_MS = 3_600_000
/** Of the last hour, before its pace says anything. */
const LEAST_SEEN = 0.1
/** Share of the requests to come that are not counted on at the very end. */
const CLOSING = 0.6
/** Requests that are expected at least: the last of a day must not get all that is left of its money. */
const LEAST_EXPECTED = 1
/** A request may not cost more than this many times a day's mean, however much is left. */
const MOST_TIMES = 20

const dayOf = (nowMs: number): number => Math.floor(nowMs / DAY_MS)

/** The state as of now: with another day, a new count. */
export const onDay = (state: PaceState, nowMs: number): PaceState => {
  const day = dayOf(nowMs)
  const { today } = state
  if (today.day === day) return state
  const yesterday = today.day === day - 1 ? today.requests : null
  return { ...state, today: { day, usd: 0, requests: 0 }, yesterday }
}

/** @param usd what the request is expected to cost, until it is known */
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

/** Requests of a day at the pace of about the last hour; null where too little was seen. */
const recentRate = ({ recent }: PaceState, nowMs: number): number | null => {
  const { count, atMs, sinceMs } = recent
  const seen = 1 - Math.exp(-(nowMs - sinceMs) / RECENT_MS)
  if (sinceMs === 0 || seen < LEAST_SEEN) return null
  const left = count * Math.exp(-(nowMs - atMs) / RECENT_MS)
  return (left / seen / RECENT_MS) * DAY_MS
}

/** What a request has cost, in place of what it was expected to. */
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

/** USD that the next request may cost by the curve; infinite where nothing tells how many are to come. */
export const allowanceOf = (given: PaceState, usdPerDay: number, nowMs: number): number => {
  const { today, yesterday, ratio } = onDay(given, nowMs)
  const passed = (nowMs % DAY_MS) / DAY_MS
  const prior = yesterday === null ? 0 : PRIOR_SHARE
  const ofDay = (today.requests + prior * (yesterday ?? 0)) / (passed + prior)
  // The later, the more the last hour tells of what is still to come.
  const rate = (1 - passed) * ofDay + passed * (recentRate(given, nowMs) ?? ofDay)
  if (!(rate > 0)) return Number.POSITIVE_INFINITY
  // Late in the day it counts on fewer than are likely: what is left over at midnight is lost.
  const counted = 1 - CLOSING * passed ** 4
  const expected = Math.max(LEAST_EXPECTED, rate * (1 - passed) * counted)
  const left = Math.max(0, usdPerDay - today.usd) / expected
  const most = (MOST_TIMES * usdPerDay) / rate
  return Math.min(left, most) / Math.exp(shrunk(ratio, { prior: 0, strength: RATIO_STRENGTH }))
}
