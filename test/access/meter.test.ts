import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMeter, limitsIn, type Meter } from '../../src/access/meter.ts'
import { DAYS, type Instant, MONTHS, noUsage } from '../../src/access/windows.ts'
import type { KeyLimits } from '../../src/core/decide/gateway-key.ts'

const START = Date.UTC(2026, 0, 31, 23, 58, 30)
const MINUTE = 60_000
const requests = (count: number) => ({ ...noUsage(), requests: count })
/** Both clocks agree. */
const at = (ms: number): Instant => ({ wallMs: ms, monotonicMs: ms })

describe('a meter', () => {
  it('lets a minute slide: what was used counts less and less, and is gone after two minutes', () => {
    const meter = createMeter()
    meter.add(requests(10), at(START))
    expect(meter.used('minute', at(START)).requests).toBe(10)
    const nextMinute = Date.UTC(2026, 0, 31, 23, 59)
    expect(meter.used('minute', at(nextMinute)).requests).toBe(10)
    expect(meter.used('minute', at(nextMinute + 45_000)).requests).toBe(2.5)
    expect(meter.used('minute', at(nextMinute + MINUTE)).requests).toBe(0)
  })

  it('never admits more than the limit in any one clock minute, nor twice that in 60 s', () => {
    const steps = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 4 })),
      {
        maxLength: 60,
      },
    )
    fc.assert(
      fc.property(steps, fc.integer({ min: 4, max: 20 }), (moves, limit) => {
        const meter = createMeter()
        const admitted: { atMs: number; count: number }[] = []
        let atMs = START
        for (const [waitMs, count] of moves) {
          atMs += waitMs
          if (meter.exceeded(limitsIn({ requests_per_minute: limit }), requests(count), at(atMs)))
            continue
          meter.add(requests(count), at(atMs))
          admitted.push({ atMs, count })
        }
        for (const { atMs: endMs } of admitted) {
          const inMinute = admitted.filter(
            (one) => Math.floor(one.atMs / MINUTE) === Math.floor(endMs / MINUTE),
          )
          expect(inMinute.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(limit)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('says a wait after which the same is admitted, and that is not a minute too long', () => {
    const uses = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 1, max: 5 })),
      {
        minLength: 1,
        maxLength: 20,
      },
    )
    fc.assert(
      fc.property(uses, fc.integer({ min: 1, max: 10 }), (moves, limit) => {
        const meter = createMeter()
        let atMs = START
        for (const [waitMs, count] of moves) {
          atMs += waitMs
          meter.add(requests(count), at(atMs))
        }
        const limits = limitsIn({ requests_per_minute: limit })
        const exceeded = meter.exceeded(limits, requests(1), at(atMs))
        if (exceeded === null) return
        expect(exceeded.waitMs).toBeLessThanOrEqual(2 * MINUTE)
        expect(meter.exceeded(limits, requests(1), at(atMs + exceeded.waitMs + 1))).toBeNull()
      }),
      { numRuns: 300 },
    )
  })

  it('starts days and months anew in UTC, from what was used before', () => {
    const meter = createMeter({
      days: new Map([[DAYS.indexOf(START), requests(3)]]),
      months: new Map([[MONTHS.indexOf(START), requests(8)]]),
    })
    const exceeded = (limits: KeyLimits, ms: number) =>
      meter.exceeded(limitsIn(limits), requests(1), at(ms))
    expect(exceeded({ requests_per_day: 3 }, START)).toMatchObject({
      limit: { name: 'requests_per_day' },
      waitMs: 90_000,
      isHeld: false,
    })
    expect(exceeded({ requests_per_month: 8 }, START)?.waitMs).toBe(90_000)
    expect(exceeded({ requests_per_day: 3 }, START + 90_000)).toBeNull()
    expect(meter.used('month', at(START + 90_000)).requests).toBe(0)
  })

  it('holds what is reserved against every limit, says so, and gives it back once', () => {
    const meter = createMeter()
    const tokens = { ...noUsage(), tokens: 80 }
    const giveBack = meter.hold(tokens)
    const other = meter.hold({ ...noUsage(), tokens: 10 })
    const limits = limitsIn({ tokens_per_month: 100 })
    expect(meter.exceeded(limits, tokens, at(START))).toMatchObject({ isHeld: true, waitMs: 1_000 })
    giveBack()
    giveBack()
    expect(meter.taken('month', 'tokens', at(START))).toBe(10)
    other()
    expect(meter.exceeded(limits, tokens, at(START))).toBeNull()
  })

  it('admits exactly as many fractions of a dollar as fit, whatever order they end in', () => {
    for (const [price, limit] of [
      [0.1, 0.3],
      [0.1, 1],
      [0.07, 0.49],
      [1e-7, 1e-6],
    ] as const) {
      const meter = createMeter()
      const limits = limitsIn({ budget_usd_per_day: limit })
      const need = { ...noUsage(), budget_usd: price }
      const holds: (() => void)[] = []
      while (meter.exceeded(limits, need, at(START)) === null) holds.push(meter.hold(need))
      expect(holds).toHaveLength(Math.round(limit / price))
      for (const giveBack of holds) giveBack()
      expect(meter.taken('day', 'budget_usd', at(START))).toBe(0)
    }
  })

  it('takes back what was added from where it was added, though the minute and day have turned', () => {
    const meter = createMeter()
    const first = meter.add(requests(1), at(START))
    const later = at(START + 90_000)
    meter.add(requests(5), later)
    first.takeBack()
    expect(meter.used('day', later).requests).toBe(5)
    expect(first.total()).toEqual({ day: '2026-01-31', used: noUsage() })
    expect(meter.used('minute', later).requests).toBe(5)
  })

  it('stops a request of unknown size once a limit is used up', () => {
    const meter = createMeter()
    meter.add({ ...noUsage(), budget_usd: 2 }, at(START))
    const exceeded = (limit: number) =>
      meter.exceeded(limitsIn({ budget_usd_per_day: limit }), noUsage(), at(START))
    expect(exceeded(2)?.limit.name).toBe('budget_usd_per_day')
    expect(exceeded(2.01)).toBeNull()
  })
})

describe('a meter whose wall clock is set', () => {
  const used = (meter: Meter, limits: KeyLimits, wallMs: number, monotonicMs: number) =>
    meter.exceeded(limitsIn(limits), requests(1), { wallMs, monotonicMs })

  it.each([
    ['an hour back', -60 * MINUTE],
    ['a year back', -365 * 24 * 60 * MINUTE],
    ['an hour forward', 60 * MINUTE],
  ])('%s, frees a full minute after a minute, neither later nor sooner', (_what, jumpMs) => {
    const meter = createMeter()
    const limits = { requests_per_minute: 1 }
    meter.add(requests(1), { wallMs: START, monotonicMs: 0 })
    expect(used(meter, limits, START + jumpMs, 1_000)).not.toBeNull()
    expect(used(meter, limits, START + jumpMs + MINUTE, 60_000)).not.toBeNull()
    expect(used(meter, limits, START + jumpMs + 2 * MINUTE, 120_000)).toBeNull()
  })

  it('a month forward and right again, neither locks a day or month nor forgets what was used', () => {
    const meter = createMeter()
    const limits = { requests_per_month: 3, requests_per_day: 3 }
    const ahead = START + 31 * 24 * 60 * MINUTE
    meter.add(requests(2), at(START))
    meter.add(requests(3), { wallMs: ahead, monotonicMs: 1 })
    expect(used(meter, limits, ahead, 2)?.limit.name).toBe('requests_per_day')
    expect(used(meter, limits, START, 3)).toBeNull()
    meter.add(requests(1), { wallMs: START, monotonicMs: 4 })
    expect(used(meter, limits, START, 5)?.waitMs).toBe(90_000)
    expect(meter.used('month', { wallMs: ahead, monotonicMs: 6 }).requests).toBe(3)
  })

  it('back over midnight and on again, grants no day twice', () => {
    const meter = createMeter()
    const midnight = START + 90_000
    const limits = { requests_per_day: 1 }
    for (const wallMs of [midnight - 1, midnight + 1, midnight - 1, midnight + 1]) {
      if (used(meter, limits, wallMs, 0) === null) {
        meter.add(requests(1), { wallMs, monotonicMs: 0 })
      }
    }
    for (const wallMs of [midnight - 1, midnight + 1]) {
      expect(meter.used('day', { wallMs, monotonicMs: 0 }).requests).toBe(1)
    }
  })

  it('through more days than it remembers, keeps the newest', () => {
    const meter = createMeter()
    const day = 24 * 60 * MINUTE
    for (let i = 0; i < 100; i++) meter.add(requests(1), at(START + i * day))
    expect(meter.used('day', at(START + 99 * day)).requests).toBe(1)
    expect(meter.used('day', at(START + 50 * day)).requests).toBe(1)
    expect(meter.used('day', at(START)).requests).toBe(0)
  })
})
