// The time windows of limits: a sliding minute on the monotonic clock, and UTC days and months on the wall clock. Setting the wall clock
// only changes which day or month is current: each keeps its own usage, so that nothing is locked, lost or granted twice.
import { LIMIT_UNITS, type LimitUnit, type Usage } from '../core/decide/gateway-key.ts'

/** One moment on both clocks. */
export interface Instant {
  /** Epoch milliseconds by the wall clock. */
  wallMs: number
  /** Monotonic milliseconds. */
  monotonicMs: number
}

export interface Window {
  used(unit: LimitUnit, at: Instant): number
  /** The usage that counts now; mutable. */
  current(at: Instant): Usage
  /** Milliseconds until at most `room` of the usage counts. */
  waitMs(unit: LimitUnit, room: number, at: Instant): number
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Days or months that are kept per key. */
const KEPT = 62

export const noUsage = (): Usage => ({ requests: 0, tokens: 0, budget_usd: 0 })

export const addUsage = (to: Usage, more: Usage, factor = 1): void => {
  for (const unit of LIMIT_UNITS) to[unit] += factor * more[unit]
}

/** `YYYY-MM-DD` in UTC. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10)

export interface Calendar {
  /** Numbers the spans; equal for all moments of one. */
  indexOf(atMs: number): number
  /** First millisecond after the span that holds `atMs`. */
  endMs(atMs: number): number
}

export const DAYS: Calendar = {
  indexOf: (atMs) => Math.floor(atMs / DAY_MS),
  endMs: (atMs) => (Math.floor(atMs / DAY_MS) + 1) * DAY_MS,
}

export const MONTHS: Calendar = {
  indexOf: (atMs) => new Date(atMs).getUTCFullYear() * 12 + new Date(atMs).getUTCMonth(),
  endMs: (atMs) => Date.UTC(new Date(atMs).getUTCFullYear(), new Date(atMs).getUTCMonth() + 1),
}

/** @param seed usage before this process, by `calendar.indexOf` */
export const createCalendarWindow = (
  calendar: Calendar,
  seed: ReadonlyMap<number, Usage>,
): Window => {
  const spans = new Map([...seed].map(([index, used]) => [index, { ...used }]))
  const current = ({ wallMs }: Instant): Usage => {
    const index = calendar.indexOf(wallMs)
    const known = spans.get(index)
    if (known) return known
    const fresh = noUsage()
    spans.set(index, fresh)
    const [oldest] = spans.keys()
    if (spans.size > KEPT && oldest !== undefined) spans.delete(oldest)
    return fresh
  }
  return {
    used: (unit, at) => current(at)[unit],
    current,
    waitMs: (_unit, _room, { wallMs }) => calendar.endMs(wallMs) - wallMs,
  }
}

/**
 * Sliding-window counter: this minute of the monotonic clock, plus the share of the last one that is less than 60 s old, so that a key
 * cannot use two minutes' worth at a boundary.
 */
export const createMinuteWindow = (): Window => {
  let startMs = Number.NEGATIVE_INFINITY
  let now = noUsage()
  let before = noUsage()
  const turn = ({ monotonicMs }: Instant): void => {
    const start = Math.floor(monotonicMs / MINUTE_MS) * MINUTE_MS
    if (start <= startMs) return
    before = start === startMs + MINUTE_MS ? now : noUsage()
    now = noUsage()
    startMs = start
  }
  return {
    used: (unit, at) => {
      turn(at)
      const share = Math.max(0, 1 - (at.monotonicMs - startMs) / MINUTE_MS)
      return now[unit] + share * before[unit]
    },
    current: (at) => {
      turn(at)
      return now
    },
    waitMs: (unit, room, at) => {
      turn(at)
      const endsInMs = startMs + MINUTE_MS - at.monotonicMs
      if (room < 0) return endsInMs
      if (now[unit] > room) return endsInMs + MINUTE_MS * (1 - room / now[unit])
      const keptShare = before[unit] === 0 ? 1 : (room - now[unit]) / before[unit]
      return Math.max(0, endsInMs - MINUTE_MS * keptShare)
    },
  }
}
