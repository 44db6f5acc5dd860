// The usage of one key in each span, and the reservations of its requests in flight; checks whether another request fits.
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
import {
  addUsage,
  createCalendarWindow,
  createMinuteWindow,
  DAYS,
  dayOf,
  type Instant,
  MONTHS,
  noUsage,
  type Window,
} from './windows.ts'

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
  limit: Limit
  /** Least time until the same request may be admitted. */
  waitMs: number
  /** True where it would fit without the reservations of requests in flight. */
  isHeld: boolean
}

/** Usage that was added to a day and may be removed again, independent of the clock. */
export interface Added {
  /** The day that it was added to, with that day's total usage. */
  total(): { day: string; used: Usage }
  takeBack(): void
}

export interface Meter {
  /** The first limit that usage + reservations + `need` would exceed, or null. */
  exceeded(limits: readonly Limit[], need: Usage, at: Instant): Exceeded | null
  /** Reserves `need`. @returns the function that releases it, once */
  hold(need: Usage): () => void
  add(used: Usage, at: Instant): Added
  /** Usage without reservations. */
  used(span: LimitSpan, at: Instant): Usage
  /** Usage and reservations together. */
  taken(span: LimitSpan, unit: LimitUnit, at: Instant): number
}

/** Usage before this process. */
export interface MeterSeed {
  days: ReadonlyMap<number, Usage>
  months: ReadonlyMap<number, Usage>
}

/** Relative tolerance for rounding errors in sums of costs. */
const SLACK = 1e-9
/** Suggested wait where only reservations block: requests in flight end within seconds. */
const HELD_WAIT_MS = 1_000

const fits = ({ unit, most }: Limit, taken: number, need: Usage): boolean => {
  const slack = most * SLACK
  // An estimate may be 0: a used-up limit refuses that as well.
  return taken < most - slack && taken + need[unit] <= most + slack
}

/** Sum of the reservations; exactly 0 when there are none. */
const createHeld = () => {
  const held = noUsage()
  let holders = 0
  return {
    held,
    hold: (need: Usage): (() => void) => {
      addUsage(held, need)
      holders += 1
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        holders -= 1
        if (holders === 0) Object.assign(held, noUsage())
        else addUsage(held, need, -1)
      }
    },
  }
}

export const createMeter = (seed: MeterSeed = { days: new Map(), months: new Map() }): Meter => {
  const windows: Record<LimitSpan, Window> = {
    minute: createMinuteWindow(),
    day: createCalendarWindow(DAYS, seed.days),
    month: createCalendarWindow(MONTHS, seed.months),
  }
  const { held, hold } = createHeld()
  return {
    exceeded: (limits, need, at) => {
      for (const limit of limits) {
        const { unit, span, most } = limit
        const window = windows[span]
        const used = window.used(unit, at)
        if (fits(limit, used + held[unit], need)) continue
        const isHeld = fits(limit, used, need)
        const waitMs = isHeld ? HELD_WAIT_MS : window.waitMs(unit, most - need[unit], at)
        return { limit, waitMs: Math.ceil(waitMs), isHeld }
      }
      return null
    },
    hold,
    add: (used, at) => {
      const currents = LIMIT_SPANS.map((span) => windows[span].current(at))
      for (const current of currents) addUsage(current, used)
      const ofDay = windows.day.current(at)
      return {
        total: () => ({ day: dayOf(at.wallMs), used: { ...ofDay } }),
        takeBack: () => {
          for (const current of currents) addUsage(current, used, -1)
        },
      }
    },
    used: (span, at) => {
      const usage = noUsage()
      for (const unit of LIMIT_UNITS) usage[unit] = windows[span].used(unit, at)
      return usage
    },
    taken: (span, unit, at) => windows[span].used(unit, at) + held[unit],
  }
}

/** Usage in every span. */
export const usageOf = (meter: Meter, at: Instant): Record<LimitSpan, Usage> =>
  Object.fromEntries(LIMIT_SPANS.map((span) => [span, meter.used(span, at)])) as Record<
    LimitSpan,
    Usage
  >
