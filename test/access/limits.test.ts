import { describe, expect, it } from 'vitest'
import { createLimits, type Need, NOTHING, type Spent } from '../../src/access/limits.ts'
import type { DailyUsage, KeyLimits, Principal } from '../../src/core/decide/gateway-key.ts'
import { LOCAL_PRINCIPAL } from '../../src/core/decide/gateway-key.ts'
import { RouterError } from '../../src/errors.ts'

const NOON = Date.UTC(2026, 4, 5, 12)
const keyOf = (id: string, limits: KeyLimits): Principal => ({ ...LOCAL_PRINCIPAL, id, limits })
/** As much as that, and no guess. */
const exactly = (need: Partial<Spent>): Need => {
  const spent = { ...NOTHING, ...need }
  return { least: spent, most: spent }
}
const setUp = (used: DailyUsage[] = []) => {
  const noted: DailyUsage[] = []
  const clock = { nowMs: NOON, monotonicMs: 0 }
  const limits = createLimits({
    used,
    onUsage: (usage) => noted.push(usage),
    now: () => clock.nowMs,
    monotonicMs: () => clock.monotonicMs,
  })
  return { limits, noted, clock }
}
const thrownBy = (work: () => unknown): RouterError => {
  try {
    work()
  } catch (error) {
    if (error instanceof RouterError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('limits', () => {
  it('refuse the request after the last, and say when to come again', () => {
    const { limits, clock } = setUp()
    const key = keyOf('k', { requests_per_minute: 2 })
    limits.countRequest(key)
    limits.countRequest(key)
    expect(limits.rate(key, 'requests')).toEqual({ limit: 2, remaining: 0 })
    const error = thrownBy(() => limits.countRequest(key))
    expect(error.code).toBe('rate_limit_exceeded')
    clock.nowMs -= 3_600_000
    clock.monotonicMs += Number(error.details.retryAfterMs) + 1
    expect(() => limits.countRequest(key)).not.toThrow()
  })

  it('of one key are not touched by another’s flood, nor is the local principal limited', () => {
    const { limits } = setUp()
    const flooding = keyOf('a', { requests_per_minute: 1 })
    for (let i = 0; i < 100; i++) {
      try {
        limits.countRequest(flooding)
      } catch (error) {
        expect((error as RouterError).code).toBe('rate_limit_exceeded')
      }
    }
    expect(() => limits.countRequest(keyOf('b', { requests_per_minute: 1 }))).not.toThrow()
    expect(() => limits.countRequest(LOCAL_PRINCIPAL)).not.toThrow()
    expect(limits.usage('a').day.requests).toBe(1)
  })

  it('reserve by estimate, and charge what was really used', () => {
    const { limits, noted } = setUp()
    const key = keyOf('k', { tokens_per_day: 100 })
    const first = limits.reserve(key, exactly({ tokens: 90 }))
    expect(thrownBy(() => limits.reserve(key, exactly({ tokens: 20 }))).code).toBe(
      'rate_limit_exceeded',
    )
    first.settle({ tokens: 30, costUsd: 0.5 })
    first.settle({ tokens: 30, costUsd: 0.5 })
    expect(limits.usage('k').month).toEqual({ requests: 0, tokens: 30, budget_usd: 0.5 })
    expect(noted).toEqual([
      { keyId: 'k', day: '2026-05-05', used: { requests: 0, tokens: 30, budget_usd: 0.5 } },
    ])
    limits.reserve(key, exactly({ tokens: 60 })).settle()
    expect(limits.usage('k').day.tokens).toBe(30)
  })

  it('call a budget that is used up insufficient_quota', () => {
    const { limits } = setUp()
    const key = keyOf('k', { budget_usd_per_month: 1 })
    limits.reserve(key, exactly({ tokens: 0 })).settle({ tokens: 5, costUsd: 1 })
    const error = thrownBy(() => limits.reserve(key, exactly({ tokens: 0 })))
    expect(error.code).toBe('insufficient_quota')
    expect(error.message).toContain('budget per month')
  })

  it('go on where an earlier process ended', () => {
    const row = (day: string, requests: number): DailyUsage => ({
      keyId: 'k',
      day,
      used: { requests, tokens: 0, budget_usd: 0 },
    })
    const { limits } = setUp([row('2026-04-30', 50), row('2026-05-01', 3), row('2026-05-05', 4)])
    const { day, month } = limits.usage('k')
    expect([day.requests, month.requests]).toEqual([4, 7])
    const full = keyOf('k', { requests_per_month: 7 })
    expect(thrownBy(() => limits.countRequest(full)).details.limit).toBe('requests_per_month')
  })

  it('let one answer of unknown length go beyond what is left, and nothing beside it', () => {
    const { limits } = setUp()
    const key = keyOf('k', { tokens_per_day: 100 })
    const guess: Need = { least: { tokens: 10, costUsd: 0 }, most: { tokens: 80, costUsd: 0 } }
    const first = limits.reserve(key, guess)
    const second = limits.reserve(key, guess)
    const refused = thrownBy(() => limits.reserve(key, guess))
    expect(refused.details.retryAfterMs).toBe(1_000)
    expect(refused.message).toContain('under way')
    first.settle({ tokens: 80, costUsd: 0 })
    expect(thrownBy(() => limits.reserve(key, guess)).code).toBe('rate_limit_exceeded')
    second.settle({ tokens: 10, costUsd: 0 })
    const third = limits.reserve(key, guess)
    third.settle({ tokens: 80, costUsd: 0 })
    const usedUp = thrownBy(() => limits.reserve(key, guess))
    expect(usedUp.details.retryAfterMs).toBe(12 * 3_600_000)
    expect(limits.usage('k').day.tokens).toBe(170)
  })

  it('find their use again when a wrong clock is put right, and write it under its own day', () => {
    const row = { keyId: 'k', day: '2026-05-05', used: { requests: 3, tokens: 0, budget_usd: 0 } }
    const { limits, noted, clock } = setUp([row])
    const key = keyOf('k', { requests_per_day: 4 })
    clock.nowMs = Date.UTC(2026, 10, 1)
    limits.countRequest(key)
    clock.nowMs = NOON
    limits.countRequest(key)
    expect(noted.map(({ day, used }) => [day, used.requests])).toEqual([
      ['2026-11-01', 1],
      ['2026-05-05', 4],
    ])
    expect(thrownBy(() => limits.countRequest(key)).details.limit).toBe('requests_per_day')
  })
})
