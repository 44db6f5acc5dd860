// What one key has used, by minute, day and month. The minute slides (this clock minute, and the share of the last one
// that is less than 60 s old), so that nobody gets two minutes' worth at its turn; days and months are those of UTC.
import {
  type KeyLimits,
  LIMIT_NAMES,
  LIMIT_SPANS,
  LIMIT_UNITS,
  type LimitName,
  type LimitSpan,
  type LimitUnit,
  type Usage,
} from '../core/decide/gateway-key.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

export const noUsage = (): Usage => ({ requests: 0, tokens: 0, budget_usd: 0 })

export const addUsage = (to: Usage, more: Usage, factor = 1): void => {
  for (const unit of LIMIT_UNITS) to[unit] += factor * more[unit]
}

/** `YYYY-MM-DD` in UTC. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10)

/** `YYYY-MM-01` in UTC. */
export const firstDayOfMonth = (atMs: number): string => `${dayOf(atMs).slice(0, 7)}-01`

export interface Limit {
  name: LimitName
  unit: LimitUnit
  span: LimitSpan
  most: number
}

export const limitsIn = (limits: KeyLimits): Limit[] =>
  LIMIT_NAMES.flatMap((name) => {
    const most = limits[name]
    const [unit, span] = name.split('_per_') as [LimitUnit, LimitSpan]
    return most === undefined ? [] : [{ name, unit, span, most }]
  })

export interface Exceeded {
  limit: LimitName
  /** The least time until the same may be admitted. */
  waitMs: number
}

export interface Meter {
  /** The first limit that `need` on top of what was used and is reserved would break; null where none. */
  exceeded(limits: readonly Limit[], need: Usage, nowMs: number): Exceeded | null
  /** Held against every limit until it is given back. */
  reserve(need: Usage): void
  giveBack(need: Usage): void
  add(used: Usage, nowMs: number): void
  /** As of the last `add`. */
  today(): { day: string; used: Usage }
  /** Without what is reserved. */
  used(span: LimitSpan, nowMs: number): Usage
  /** What is reserved and was used. */
  taken(span: LimitSpan, unit: LimitUnit, nowMs: number): number
}

interface Minute {
  startMs: number
  current: Usage
  previous: Usage
}

interface Calendar {
  used: Usage
  /** First millisecond of the next day or month. */
  endMs: number
}

const turnMinute = (minute: Minute, nowMs: number): void => {
  const startMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS
  if (startMs <= minute.startMs) return
  minute.previous = startMs === minute.startMs + MINUTE_MS ? minute.current : noUsage()
  minute.current = noUsage()
  minute.startMs = startMs
}

/** Time until no more than `room` of a minute's use counts. */
const minuteWaitMs = (
  { startMs, current, previous }: Minute,
  unit: LimitUnit,
  room: number,
  nowMs: number,
) => {
  const endsIn = startMs + MINUTE_MS - nowMs
  if (room < 0) return endsIn
  if (current[unit] > room) return endsIn + MINUTE_MS * (1 - room / current[unit])
  const keptShare = previous[unit] === 0 ? 1 : (room - current[unit]) / previous[unit]
  return Math.max(0, endsIn - MINUTE_MS * keptShare)
}

const nextDayMs = (nowMs: number): number => (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS

const nextMonthMs = (nowMs: number): number => {
  const now = new Date(nowMs)
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)
}

/** @param seed what was used before this process, of today and of this month (today included) */
export const createMeter = (seed: { day: Usage; month: Usage }, nowMs: number): Meter => {
  const reserved = noUsage()
  const minute: Minute = { startMs: 0, current: noUsage(), previous: noUsage() }
  const day: Calendar & { name: string } = {
    name: dayOf(nowMs),
    used: { ...seed.day },
    endMs: nextDayMs(nowMs),
  }
  const month: Calendar = { used: { ...seed.month }, endMs: nextMonthMs(nowMs) }

  const turn = (atMs: number): void => {
    turnMinute(minute, atMs)
    if (atMs >= day.endMs) {
      Object.assign(day, { name: dayOf(atMs), used: noUsage(), endMs: nextDayMs(atMs) })
    }
    if (atMs >= month.endMs) Object.assign(month, { used: noUsage(), endMs: nextMonthMs(atMs) })
  }
  const usedOf = (span: LimitSpan, unit: LimitUnit, atMs: number): number => {
    if (span === 'day') return day.used[unit]
    if (span === 'month') return month.used[unit]
    const share = Math.max(0, 1 - (atMs - minute.startMs) / MINUTE_MS)
    return minute.current[unit] + share * minute.previous[unit]
  }
  const waitMs = (span: LimitSpan, unit: LimitUnit, room: number, atMs: number): number => {
    if (span === 'day') return day.endMs - atMs
    if (span === 'month') return month.endMs - atMs
    return minuteWaitMs(minute, unit, room, atMs)
  }
  return {
    exceeded: (limits, need, atMs) => {
      turn(atMs)
      for (const { name: limit, unit, span, most } of limits) {
        const taken = usedOf(span, unit, atMs) + reserved[unit]
        // What is asked for by guess may be 0: a limit that is used up stops that, too.
        if (taken < most && taken + need[unit] <= most) continue
        const room = most - reserved[unit] - need[unit]
        return { limit, waitMs: Math.ceil(waitMs(span, unit, room, atMs)) }
      }
      return null
    },
    reserve: (need) => addUsage(reserved, need),
    giveBack: (need) => addUsage(reserved, need, -1),
    today: () => ({ day: day.name, used: { ...day.used } }),
    add: (used, atMs) => {
      turn(atMs)
      for (const totals of [minute.current, day.used, month.used]) addUsage(totals, used)
    },
    used: (span, atMs) => {
      turn(atMs)
      const usage = noUsage()
      for (const unit of LIMIT_UNITS) usage[unit] = usedOf(span, unit, atMs)
      return usage
    },
    taken: (span, unit, atMs) => {
      turn(atMs)
      return usedOf(span, unit, atMs) + reserved[unit]
    },
  }
}

/** Use in every span. */
export const usageOf = (meter: Meter, nowMs: number): Record<LimitSpan, Usage> =>
  Object.fromEntries(LIMIT_SPANS.map((span) => [span, meter.used(span, nowMs)])) as Record<
    LimitSpan,
    Usage
  >
