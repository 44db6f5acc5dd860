// Limits of keys. A request is counted when it arrives; its largest possible usage is reserved before any work, once for all attempts,
// and replaced by the actual usage after its last byte. Nothing waits here: a flood of requests costs a few additions each.
import type {
  DailyUsage,
  KeyLimits,
  LimitSpan,
  LimitUnit,
  Principal,
  Usage,
} from '../core/decide/gateway-key.ts'
import { RouterError } from '../errors.ts'
import {
  type Added,
  createMeter,
  type Limit,
  limitsIn,
  type Meter,
  type MeterSeed,
  usageOf,
} from './meter.ts'
import { addUsage, DAYS, type Instant, MONTHS, noUsage } from './windows.ts'

export interface Spent {
  tokens: number
  costUsd: number
}

export const NOTHING: Spent = { tokens: 0, costUsd: 0 }

/** Estimated usage of a request. */
export interface Need {
  /** Largest possible usage, reserved until the request is settled. */
  most: Spent
  /**
   * Usage that must be available to admit the request: less than `most` where the length of its answer is a guess. One such request at
   * a time may exceed the limit, by at most its guess: while it is reserved nothing else is available.
   */
  least: Spent
}

export interface Reservation {
  /** Replaces the reservation by the actual usage, or by nothing. Only the first call counts. */
  settle(spent?: Spent): void
}

export interface CountedRequest {
  /** Uncounts a request that another limit refused. */
  takeBack(): void
}

/** The state of a per-minute limit, for the x-ratelimit headers. */
export interface RateState {
  limit: number
  remaining: number
}

export interface Limits {
  /** @throws RouterError `rate_limit_exceeded` or `insufficient_quota`, with `details.retryAfterMs` and `details.limit` */
  countRequest(principal: Principal): CountedRequest
  /** @throws RouterError as `countRequest` */
  reserve(principal: Principal, need: Need): Reservation
  /** Whether the estimate of a request is needed at all. */
  isMetered(principal: Principal): boolean
  /** State of the per-minute limit; null where there is none. */
  rate(principal: Principal, unit: LimitUnit): RateState | null
  usage(keyId: string): Record<LimitSpan, Usage>
}

export interface LimitsOptions {
  /** Earlier usage by key and day. */
  used: readonly DailyUsage[]
  /** Called with the new total of a key and day. */
  onUsage: (usage: DailyUsage) => void
  /** Epoch milliseconds, for days and months. */
  now: () => number
  /** Monotonic milliseconds, for minutes. */
  monotonicMs: () => number
}

const addTo = (totals: Map<number, Usage>, index: number, used: Usage): void => {
  const total = totals.get(index) ?? noUsage()
  addUsage(total, used)
  totals.set(index, total)
}

const seedOf = (rows: readonly DailyUsage[]): Map<string, Meter> => {
  const seeds = new Map<string, { [K in keyof MeterSeed]: Map<number, Usage> }>()
  for (const { keyId, day, used } of rows) {
    const seed = seeds.get(keyId) ?? { days: new Map(), months: new Map() }
    const atMs = Date.parse(day)
    addTo(seed.days, DAYS.indexOf(atMs), used)
    addTo(seed.months, MONTHS.indexOf(atMs), used)
    seeds.set(keyId, seed)
  }
  return new Map([...seeds].map(([keyId, seed]) => [keyId, createMeter(seed)]))
}

const SAID: Record<LimitUnit, string> = {
  requests: 'requests',
  tokens: 'tokens',
  budget_usd: 'budget',
}

const usageFrom = ({ tokens, costUsd }: Spent): Usage => ({
  requests: 0,
  tokens,
  budget_usd: costUsd,
})

const HELD = ' The rest is held for requests of this key that are under way.'

const refuse = (meter: Meter, limits: readonly Limit[], need: Usage, at: Instant): void => {
  const exceeded = meter.exceeded(limits, need, at)
  if (exceeded === null) return
  const { limit, waitMs, isHeld } = exceeded
  const { name, unit, span, most } = limit
  const isBudget = unit === 'budget_usd'
  throw new RouterError(
    isBudget ? 'insufficient_quota' : 'rate_limit_exceeded',
    `The limit of this key's ${SAID[unit]} per ${span} (${isBudget ? 'USD ' : ''}${most}) is reached, or too little of it is left for this request.${isHeld ? HELD : ''}`,
    {
      details: { retryAfterMs: waitMs, limit: name },
      ...(isHeld && { isRetryable: true }),
    },
  )
}

interface KeyRules {
  /** Limits of the number of requests, checked on arrival. */
  requests: Limit[]
  /** Limits of tokens and budget, checked against the estimate. */
  metered: Limit[]
}

/** Parses the limits once per loaded key. */
const createRules = () => {
  const known = new WeakMap<KeyLimits, KeyRules>()
  return ({ limits }: Principal): KeyRules => {
    const found = known.get(limits)
    if (found) return found
    const all = limitsIn(limits)
    const rules = {
      requests: all.filter(({ unit }) => unit === 'requests'),
      metered: all.filter(({ unit }) => unit !== 'requests'),
    }
    known.set(limits, rules)
    return rules
  }
}

/** The meters of all keys. */
const createMeters = ({ used, onUsage, now, monotonicMs }: LimitsOptions) => {
  const meters = seedOf(used)
  const instant = (): Instant => ({ wallMs: now(), monotonicMs: monotonicMs() })
  const meterOf = (keyId: string): Meter => {
    const meter = meters.get(keyId) ?? createMeter()
    meters.set(keyId, meter)
    return meter
  }
  return {
    instant,
    meterOf,
    charge: (keyId: string, spent: Usage): Added => {
      const added = meterOf(keyId).add(spent, instant())
      onUsage({ keyId, ...added.total() })
      return added
    },
  }
}

const isKey = ({ id }: Principal): boolean => id !== 'local'

export const createLimits = (options: LimitsOptions): Limits => {
  const { instant, meterOf, charge } = createMeters(options)
  const rulesOf = createRules()
  return {
    countRequest: (principal) => {
      if (!isKey(principal)) return { takeBack: () => {} }
      const need = { ...noUsage(), requests: 1 }
      refuse(meterOf(principal.id), rulesOf(principal).requests, need, instant())
      const added = charge(principal.id, need)
      return {
        takeBack: () => {
          added.takeBack()
          options.onUsage({ keyId: principal.id, ...added.total() })
        },
      }
    },
    reserve: (principal, { most, least }) => {
      if (!isKey(principal)) return { settle: () => {} }
      const meter = meterOf(principal.id)
      refuse(meter, rulesOf(principal).metered, usageFrom(least), instant())
      const giveBack = meter.hold(usageFrom(most))
      return {
        settle: once((spent) => {
          giveBack()
          charge(principal.id, usageFrom(spent))
        }),
      }
    },
    isMetered: (principal) => rulesOf(principal).metered.length > 0,
    rate: (principal, unit) => {
      const limit = principal.limits[`${unit}_per_minute`]
      if (limit === undefined) return null
      const taken = meterOf(principal.id).taken('minute', unit, instant())
      return { limit, remaining: Math.max(0, Math.floor(limit - taken)) }
    },
    usage: (keyId) => usageOf(meterOf(keyId), instant()),
  }
}

/** The first call counts. */
const once = (settle: (spent: Spent) => void): Reservation['settle'] => {
  let isSettled = false
  return (spent = NOTHING) => {
    if (isSettled) return
    isSettled = true
    settle(spent)
  }
}
