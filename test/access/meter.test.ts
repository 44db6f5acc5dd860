import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMeter, limitsIn, noUsage } from '../../src/access/meter.ts'

const START = Date.UTC(2026, 0, 31, 23, 58, 30)
const MINUTE = 60_000
const requests = (count: number) => ({ ...noUsage(), requests: count })
const fresh = (nowMs = START) => createMeter({ day: noUsage(), month: noUsage() }, nowMs)

describe('a meter', () => {
  it('lets a minute slide: what was used counts less and less, and is gone after two minutes', () => {
    const meter = fresh()
    meter.add(requests(10), START)
    expect(meter.used('minute', START).requests).toBe(10)
    const nextMinute = Date.UTC(2026, 0, 31, 23, 59)
    expect(meter.used('minute', nextMinute).requests).toBe(10)
    expect(meter.used('minute', nextMinute + 45_000).requests).toBe(2.5)
    expect(meter.used('minute', nextMinute + MINUTE).requests).toBe(0)
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
        const meter = fresh()
        const admitted: { atMs: number; count: number }[] = []
        let atMs = START
        for (const [waitMs, count] of moves) {
          atMs += waitMs
          if (meter.exceeded(limitsIn({ requests_per_minute: limit }), requests(count), atMs))
            continue
          meter.add(requests(count), atMs)
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
        const meter = fresh()
        let atMs = START
        for (const [waitMs, count] of moves) {
          atMs += waitMs
          meter.add(requests(count), atMs)
        }
        const limits = limitsIn({ requests_per_minute: limit })
        const exceeded = meter.exceeded(limits, requests(1), atMs)
        if (exceeded === null) return
        expect(exceeded.waitMs).toBeLessThanOrEqual(2 * MINUTE)
        expect(meter.exceeded(limits, requests(1), atMs + exceeded.waitMs + 1)).toBeNull()
      }),
      { numRuns: 300 },
    )
  })

  it('starts days and months anew in UTC, from what was used before', () => {
    const meter = createMeter({ day: requests(3), month: requests(8) }, START)
    const limits = limitsIn({ requests_per_day: 3 })
    expect(meter.exceeded(limits, requests(1), START)).toEqual({
      limit: 'requests_per_day',
      waitMs: 90_000,
    })
    expect(meter.exceeded(limitsIn({ requests_per_month: 8 }), requests(1), START)?.waitMs).toBe(
      90_000,
    )
    expect(meter.exceeded(limits, requests(1), START + 90_000)).toBeNull()
    expect(meter.used('month', START + 90_000).requests).toBe(0)
  })

  it('holds what is reserved against every limit, and gives it back', () => {
    const meter = fresh()
    const tokens = { ...noUsage(), tokens: 80 }
    meter.reserve(tokens)
    const limits = limitsIn({ tokens_per_month: 100 })
    expect(meter.exceeded(limits, tokens, START)?.limit).toBe('tokens_per_month')
    meter.giveBack(tokens)
    expect(meter.exceeded(limits, tokens, START)).toBeNull()
  })

  it('stops a request of unknown size once a limit is used up', () => {
    const meter = fresh()
    meter.add({ ...noUsage(), budget_usd: 2 }, START)
    expect(meter.exceeded(limitsIn({ budget_usd_per_day: 2 }), noUsage(), START)?.limit).toBe(
      'budget_usd_per_day',
    )
    expect(meter.exceeded(limitsIn({ budget_usd_per_day: 2.01 }), noUsage(), START)).toBeNull()
  })
})
