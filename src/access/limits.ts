// Limits of keys. A request is counted when it comes in; its tokens and cost are reserved by estimate before any work,
// and replaced by what it really used when its last byte has gone. Nothing here waits: one key's flood costs a few sums.
import type {
  DailyUsage,
  KeyLimits,
  LimitSpan,
  LimitUnit,
  Principal,
  Usage,
} from '../core/gateway-key.ts'
import { RouterError } from '../errors.ts'
import {
  addUsage,
  createMeter,
  dayOf,
  firstDayOfMonth,
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

const refuse = (meter: Meter, limits: KeyLimits, need: Usage, nowMs: number): void => {
  const exceeded = meter.exceeded(limits, need, nowMs)
  if (exceeded === null) return
  const { limit, waitMs } = exceeded
  const [unit = '', span = ''] = limit.split('_per_')
  const most = unit === 'budget_usd' ? `USD ${limits[limit]}` : limits[limit]
  throw new RouterError(
    unit === 'budget_usd' ? 'insufficient_quota' : 'rate_limit_exceeded',
    `This key's ${SAID[unit as LimitUnit]} per ${span} are used up, or too few are left for this request (limit ${most}).`,
    { details: { retryAfterMs: waitMs, limit } },
  )
}

const METERED: readonly LimitUnit[] = ['tokens', 'budget_usd']

export const createLimits = ({ used, onUsage, now }: LimitsOptions): Limits => {
  const meters = seedOf(used, now())
  const meterOf = (keyId: string): Meter => {
    const known = meters.get(keyId)
    if (known) return known
    const meter = createMeter({ day: noUsage(), month: noUsage() }, now())
    meters.set(keyId, meter)
    return meter
  }
  const charge = (keyId: string, spent: Usage): void => {
    const meter = meterOf(keyId)
    const atMs = now()
    meter.add(spent, atMs)
    onUsage({ keyId, day: dayOf(atMs), used: meter.used('day', atMs) })
  }
  const isKey = ({ id }: Principal): boolean => id !== 'local'

  return {
    countRequest: (principal) => {
      if (!isKey(principal)) return
      const need = { ...noUsage(), requests: 1 }
      refuse(meterOf(principal.id), requestLimits(principal.limits), need, now())
      charge(principal.id, need)
    },
    reserve: (principal, { tokens, costUsd }) => {
      const meter = meterOf(principal.id)
      const need = { requests: 0, tokens, budget_usd: costUsd }
      if (!isKey(principal)) return { settle: () => {} }
      refuse(meter, meteredLimits(principal.limits), need, now())
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
    isMetered: ({ limits }) =>
      Object.keys(limits).some((name) => METERED.some((unit) => name.startsWith(unit))),
    rate: (principal, unit) => {
      const limit = principal.limits[`${unit}_per_minute`]
      if (limit === undefined) return null
      const taken = meterOf(principal.id).taken('minute', unit, now())
      return { limit, remaining: Math.max(0, Math.floor(limit - taken)) }
    },
    usage: (keyId) => usageOf(meterOf(keyId), now()),
  }
}

const only = (limits: KeyLimits, isWanted: (unit: string) => boolean): KeyLimits =>
  Object.fromEntries(
    Object.entries(limits).filter(([name]) => isWanted(name.split('_per_')[0] ?? '')),
  )

const requestLimits = (limits: KeyLimits): KeyLimits => only(limits, (unit) => unit === 'requests')

const meteredLimits = (limits: KeyLimits): KeyLimits => only(limits, (unit) => unit !== 'requests')
