// Limits of keys. A request is counted when it comes in; its tokens and cost are reserved by estimate before any work,
// and replaced by what it really used when its last byte has gone. Nothing here waits: one key's flood costs a few sums.
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
  addUsage,
  createMeter,
  dayOf,
  firstDayOfMonth,
  type Limit,
  limitsIn,
  type Meter,
  noUsage,
  usageOf,
} from './meter.ts'

export interface Spent {
  tokens: number
  costUsd: number
}

export interface Reservation {
  /** What was really used; nothing where the request came to nothing. Only the first call counts. */
  settle(spent?: Spent): void
}

/** The state of a per-minute limit, for the x-ratelimit headers. */
export interface RateState {
  limit: number
  remaining: number
}

export interface Limits {
  /** @throws RouterError `rate_limit_exceeded` or `insufficient_quota`, with `details.retryAfterMs` */
  countRequest(principal: Principal): void
  /** @throws RouterError as `countRequest` */
  reserve(principal: Principal, need: Spent): Reservation
  /** Whether the estimate of a request is needed at all. */
  isMetered(principal: Principal): boolean
  /** Of the minute; null where there is no such limit. */
  rate(principal: Principal, unit: LimitUnit): RateState | null
  usage(keyId: string): Record<LimitSpan, Usage>
}

export interface LimitsOptions {
  /** Of this month, by key and day. */
  used: readonly DailyUsage[]
  /** Takes the new total of a key's day. */
  onUsage: (usage: DailyUsage) => void
  /** Epoch milliseconds. */
  now: () => number
}

const seedOf = (rows: readonly DailyUsage[], nowMs: number): Map<string, Meter> => {
  const seeds = new Map<string, { day: Usage; month: Usage }>()
  for (const { keyId, day, used } of rows) {
    if (day < firstDayOfMonth(nowMs)) continue
    const seed = seeds.get(keyId) ?? { day: noUsage(), month: noUsage() }
    if (day === dayOf(nowMs)) addUsage(seed.day, used)
    addUsage(seed.month, used)
    seeds.set(keyId, seed)
  }
  return new Map([...seeds].map(([keyId, seed]) => [keyId, createMeter(seed, nowMs)]))
}

const SAID: Record<LimitUnit, string> = {
  requests: 'requests',
  tokens: 'tokens',
  budget_usd: 'budget',
}

const refuse = (meter: Meter, limits: readonly Limit[], need: Usage, nowMs: number): void => {
  const exceeded = meter.exceeded(limits, need, nowMs)
  if (exceeded === null) return
  const { limit, waitMs } = exceeded
  const { unit, span, most } = limits.find(({ name }) => name === limit) as Limit
  const isBudget = unit === 'budget_usd'
  throw new RouterError(
    isBudget ? 'insufficient_quota' : 'rate_limit_exceeded',
    `The limit of this key's ${SAID[unit]} per ${span} (${isBudget ? 'USD ' : ''}${most}) is reached, or too little of it is left for this request.`,
    { details: { retryAfterMs: waitMs, limit } },
  )
}

interface KeyRules {
  /** Held against every request as it comes in. */
  requests: Limit[]
  /** Held against what a request will take. */
  metered: Limit[]
}

/** Taken apart once for each key that is loaded. */
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

export const createLimits = ({ used, onUsage, now }: LimitsOptions): Limits => {
  const meters = seedOf(used, now())
  const rulesOf = createRules()
  const meterOf = (keyId: string): Meter => {
    const known = meters.get(keyId)
    if (known) return known
    const meter = createMeter({ day: noUsage(), month: noUsage() }, now())
    meters.set(keyId, meter)
    return meter
  }
  const charge = (keyId: string, spent: Usage): void => {
    const meter = meterOf(keyId)
    meter.add(spent, now())
    onUsage({ keyId, ...meter.today() })
  }
  const isKey = ({ id }: Principal): boolean => id !== 'local'

  return {
    countRequest: (principal) => {
      if (!isKey(principal)) return
      const need = { ...noUsage(), requests: 1 }
      refuse(meterOf(principal.id), rulesOf(principal).requests, need, now())
      charge(principal.id, need)
    },
    reserve: (principal, { tokens, costUsd }) => {
      const meter = meterOf(principal.id)
      const need = { requests: 0, tokens, budget_usd: costUsd }
      if (!isKey(principal)) return { settle: () => {} }
      refuse(meter, rulesOf(principal).metered, need, now())
      meter.reserve(need)
      let isSettled = false
      return {
        settle: (spent = { tokens: 0, costUsd: 0 }) => {
          if (isSettled) return
          isSettled = true
          meter.giveBack(need)
          charge(principal.id, { requests: 0, tokens: spent.tokens, budget_usd: spent.costUsd })
        },
      }
    },
    isMetered: (principal) => rulesOf(principal).metered.length > 0,
    rate: (principal, unit) => {
      const limit = principal.limits[`${unit}_per_minute`]
      if (limit === undefined) return null
      const taken = meterOf(principal.id).taken('minute', unit, now())
      return { limit, remaining: Math.max(0, Math.floor(limit - taken)) }
    },
    usage: (keyId) => usageOf(meterOf(keyId), now()),
  }
}
