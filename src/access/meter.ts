// What one key has used in each span, and what is held for its requests in flight. Says whether one more fits.
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
  /** The least time until the same may be admitted. */
  waitMs: number
  /** It would fit but for what is held for requests in flight. */
  isHeld: boolean
}

/** What was added to a day and may be taken back, whatever the clock has done since. */
export interface Added {
  /** The day it was added to, with all that was used on it by now. */
  total(): { day: string; used: Usage }
  takeBack(): void
}

export interface Meter {
  /** The first limit that `need` on top of what was used and is held would break; null where none. */
  exceeded(limits: readonly Limit[], need: Usage, at: Instant): Exceeded | null
  /** Holds `need` against every limit; returns what gives it back, once. */
  hold(need: Usage): () => void
  add(used: Usage, at: Instant): Added
  /** Without what is held. */
  used(span: LimitSpan, at: Instant): Usage
  /** What is held and was used. */
  taken(span: LimitSpan, unit: LimitUnit, at: Instant): number
}

/** What was used before this process. */
export interface MeterSeed {
  days: ReadonlyMap<number, Usage>
  months: ReadonlyMap<number, Usage>
}

/** Sums of fractions of a dollar are off in their last digits: a part in a billion of a limit is no excess. */
const SLACK = 1e-9
/** Requests in flight end in seconds, and free what is held for them. */
const HELD_WAIT_MS = 1_000

const fits = ({ unit, most }: Limit, taken: number, need: Usage): boolean => {
  const slack = most * SLACK
  // What is asked for by guess may be 0: a limit that is used up stops that, too.
  return taken < most - slack && taken + need[unit] <= most + slack
}

/** Sum of what is held; 0 to the last digit when nobody holds anything. */
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

/** Use in every span. */
export const usageOf = (meter: Meter, at: Instant): Record<LimitSpan, Usage> =>
  Object.fromEntries(LIMIT_SPANS.map((span) => [span, meter.used(span, at)])) as Record<
    LimitSpan,
    Usage
  >
