// A day's money lasts for the day, whatever the traffic does: simulated days with a quiet night, bursts, and costs that nobody
// foresaw. A clock of its own; the curve is that of made outcomes.
import { describe, expect, it } from 'vitest'
import {
  type PriceLadder,
  priceLadder,
  stepForCost,
} from '../../../src/core/outcomes/price-ladder.ts'
import {
  allowanceOf,
  DAY_MS,
  NOTHING_SPENT,
  type PaceState,
  withCost,
  withRequest,
} from '../../../src/core/select/pacer.ts'
import { createRandom, type Random } from '../../../src/core/statistics/random.ts'

/** Three models; estimates are the true means of a prompt's kind, and kinds are of all degrees of difficulty. */
const made = (random: Random, count: number) => {
  const cols = 3
  const matrix = (at: (difficulty: number, j: number) => number, degrees: number[]) => ({
    rows: count,
    cols,
    data: Float32Array.from(degrees.flatMap((degree) => [0, 1, 2].map((j) => at(degree, j)))),
  })
  const degrees = Array.from({ length: count }, () => random())
  const quality = matrix((d, j) => 1 - d * ([0.8, 0.4, 0.1][j] as number), degrees)
  const cost = matrix((d, j) => ([0.0005, 0.004, 0.02][j] as number) * (0.5 + d), degrees)
  const table = {
    models: ['a', 'b', 'c'],
    labels: degrees.map(() => ''),
    scores: quality,
    costs: cost,
  }
  return { estimates: { quality, cost }, table, degrees }
}

const choose = (difficulty: number, price: number): number => {
  const worth = [0.8, 0.4, 0.1].map((loss, j) => {
    const cost = ([0.0005, 0.004, 0.02][j] as number) * (0.5 + difficulty)
    return { cost, worth: 1 - difficulty * loss - price * cost }
  })
  return worth.reduce((a, b) => (b.worth > a.worth ? b : a)).cost
}

interface Day {
  /** Requests of each minute of the day. */
  perMinute: (minute: number) => number
  /** What a request costs against what is expected. */
  factor: number
}

/** What a day costs. */
const simulate = (
  state: PaceState,
  {
    ladder,
    day,
    budget,
    random,
  }: { ladder: PriceLadder; day: Day; budget: number; random: Random },
  startMs: number,
): PaceState => {
  let pace = state
  for (let minute = 0; minute < 1_440; minute++) {
    const requests = Math.round(day.perMinute(minute) * (0.5 + random()))
    for (let n = 0; n < requests; n++) {
      const nowMs = startMs + (minute + n / Math.max(1, requests)) * 60_000
      const { price } = stepForCost(ladder, allowanceOf(pace, budget, nowMs))
      const expectedUsd = choose(random(), price)
      const costUsd = expectedUsd * day.factor * (0.5 + random())
      pace = withRequest(pace, expectedUsd, nowMs)
      pace = withCost(pace, { expectedUsd, costUsd, nowMs })
    }
  }
  return pace
}

const officeHours = (minute: number): number => (minute > 8 * 60 && minute < 18 * 60 ? 8 : 1)
const burst = (minute: number): number => (minute % 97 < 3 ? 60 : officeHours(minute))

describe('a budget of a day', () => {
  const random = createRandom(3)
  const ladder = priceLadder(made(random, 1_000))

  it.each<[string, Day, number]>([
    ['with bursts', { perMinute: burst, factor: 1 }, 20],
    ['of even traffic', { perMinute: () => 5, factor: 1 }, 20],
    ['of office hours', { perMinute: officeHours, factor: 1 }, 20],
    [
      'with bursts and answers that cost twice what was expected',
      { perMinute: burst, factor: 2 },
      20,
    ],
    ['with a little money', { perMinute: burst, factor: 1 }, 8],
  ])('is met within 2 % on a day %s', (_, day, budget) => {
    const spent = simulate(NOTHING_SPENT, { ladder, day, budget, random }, 20_000 * DAY_MS).today
      .usd
    expect(spent / budget).toBeGreaterThan(0.98)
    expect(spent / budget).toBeLessThan(1.02)
  })

  it('is met on the second day as well, whose traffic is twice that of the first', () => {
    const budget = 20
    const first = simulate(
      NOTHING_SPENT,
      { ladder, day: { perMinute: burst, factor: 1 }, budget, random },
      20_000 * DAY_MS,
    )
    const day = { perMinute: (minute: number) => 2 * burst(minute), factor: 1 }
    const second = simulate(first, { ladder, day, budget, random }, 20_001 * DAY_MS)
    expect(second.today.day).toBe(20_001)
    expect(Math.abs(second.today.usd / budget - 1)).toBeLessThan(0.02)
  })

  it('buys better answers than the best single model that it could pay', () => {
    const spend = 0.002
    const { quality } = stepForCost(ladder, spend)
    const single = ladder.singles.filter(({ cost }) => cost <= spend).map((one) => one.quality)
    expect(quality).toBeGreaterThan(Math.max(...single))
  })

  it('is spent no further once it is gone, but by the cheapest', () => {
    const nowMs = 20_000 * DAY_MS + DAY_MS / 2
    const gone = withRequest(NOTHING_SPENT, 25, nowMs)
    expect(allowanceOf(gone, 20, nowMs)).toBe(0)
    expect(stepForCost(ladder, 0).cost).toBe(Math.min(...ladder.steps.map(({ cost }) => cost)))
  })
})
