import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bootstrapInterval, meanInterval } from '../../../src/core/statistics/bootstrap.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'

describe('bootstrap intervals', () => {
  it('come near the normal approximation for a share of many rows', () => {
    const hits = Array.from({ length: 400 }, (_, i) => i % 4 !== 0)
    const interval = meanInterval(hits, { random: createRandom(7), samples: 4000 })
    const half = 1.96 * Math.sqrt((0.75 * 0.25) / 400)
    expect(interval?.[0]).toBeCloseTo(0.75 - half, 2)
    expect(interval?.[1]).toBeCloseTo(0.75 + half, 2)
  })

  it('have no width where all rows are alike, and are null where there is none', () => {
    expect(meanInterval([true, true, true], { random: createRandom(1) })).toEqual([1, 1])
    expect(meanInterval([], { random: createRandom(1) })).toBeNull()
  })

  it('leave out resamples that have nothing to measure', () => {
    const values = [Number.NaN, 3]
    const onlySecond = (rows: Int32Array) => values[Math.max(...rows)] as number
    expect(bootstrapInterval(2, onlySecond, { random: createRandom(1) })).toEqual([3, 3])
    expect(bootstrapInterval(1, () => Number.NaN, { random: createRandom(1) })).toBeNull()
  })

  it('hold the mean, lie within the values, and are the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 40 }),
        fc.nat(),
        (values, seed) => {
          const interval = meanInterval(values, { random: createRandom(seed) }) as [number, number]
          expect(meanInterval(values, { random: createRandom(seed) })).toEqual(interval)
          const mean = values.reduce((a, b) => a + b, 0) / values.length
          expect(interval[0]).toBeLessThanOrEqual(mean + 1e-9)
          expect(interval[1]).toBeGreaterThanOrEqual(mean - 1e-9)
          expect(interval[0]).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9)
          expect(interval[1]).toBeLessThanOrEqual(Math.max(...values) + 1e-9)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('widen with the level', () => {
    const values = Array.from({ length: 60 }, (_, i) => i / 60)
    const at = (level: number) =>
      meanInterval(values, { random: createRandom(3), level }) as [number, number]
    expect(at(0.99)[0]).toBeLessThan(at(0.8)[0])
    expect(at(0.99)[1]).toBeGreaterThan(at(0.8)[1])
  })
})
