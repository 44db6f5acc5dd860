import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fitNovelty,
  noveltyLimit,
  noveltyOf,
  noveltySigns,
} from '../../../src/core/classifier/novelty.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { matrix } from '../../support/matrices.ts'

/** Signs of prompts around one energy and nearness. */
const around = (n: number, energy: number, nearness: number, seed: number, noneOdds = -3) => {
  const random = createRandom(seed)
  const jitter = () => random() - 0.5
  return Array.from({ length: n }, () => ({
    energy: energy + jitter(),
    nearness: nearness + 0.1 * jitter(),
    noneOdds: noneOdds + jitter(),
  }))
}

describe('the signs of novelty', () => {
  const logits = matrix([
    [9, 9, 9],
    [1, 2, 5],
  ])

  it('are the log-sum of all logits but that of none, and the odds of none against it', () => {
    const energy = Math.log(Math.E + Math.E ** 2)
    const signs = noveltySigns(logits, 1, 2, 0.3)
    expect(signs.energy).toBeCloseTo(energy, 6)
    expect(signs.noneOdds).toBeCloseTo(5 - energy, 6)
    expect(signs.nearness).toBe(0.3)
  })

  it('have no odds where there is no such route', () => {
    const { energy, noneOdds } = noveltySigns(logits, 1, -1, 0)
    expect(energy).toBeCloseTo(Math.log(Math.E + Math.E ** 2 + Math.E ** 5), 6)
    expect(noneOdds).toBe(0)
  })

  it('have no energy where nothing but none was trained, and stay finite for huge logits', () => {
    expect(noveltySigns(matrix([[4]]), 0, 0, 0)).toMatchObject({ energy: 0, noneOdds: 4 })
    expect(noveltySigns(matrix([[1000, 1000]]), 0, -1, 0).energy).toBeCloseTo(1000 + Math.log(2), 3)
  })
})

describe('novelty', () => {
  const inside = around(100, 8, 0.6, 1)
  const far = { energy: 2, nearness: 0.1, noneOdds: 3 }
  const typical = { energy: 8, nearness: 0.6, noneOdds: -3 }

  it('grows with distance from the exemplars, without prompts of none to learn from', () => {
    const model = fitNovelty(
      inside,
      inside.map(() => false),
    )
    expect(model.detector).toBeNull()
    expect(noveltyOf(model, far)).toBeGreaterThan(noveltyOf(model, typical) + 5)
    expect(noveltyOf(model, typical)).toBeCloseTo(0, 0)
  })

  it('is told by the detector given twenty prompts of none', () => {
    const none = around(20, 5, 0.45, 2, 2)
    const flags = (n: number) => [...inside.map(() => false), ...new Array<boolean>(n).fill(true)]
    expect(fitNovelty([...inside, ...none.slice(0, 19)], flags(19)).detector).toBeNull()
    const model = fitNovelty([...inside, ...none], flags(20))
    expect(model.detector).not.toBeNull()
    const right = none.filter((signs) => noveltyOf(model, signs) > 0).length
    const wrong = inside.filter((signs) => noveltyOf(model, signs) > 0).length
    expect(right).toBeGreaterThanOrEqual(18)
    expect(wrong).toBeLessThanOrEqual(2)
  })

  it('has no detector where there is nothing but none', () => {
    const model = fitNovelty(
      inside,
      inside.map(() => true),
    )
    expect(model.detector).toBeNull()
    expect(Number.isFinite(noveltyOf(model, typical))).toBe(true)
  })

  it('is finite, however far out', () => {
    const model = fitNovelty(
      [...inside, ...around(30, 5, 0.4, 3, 2)],
      [...inside.map(() => false), ...new Array<boolean>(30).fill(true)],
    )
    const out = { energy: -1e6, nearness: -1, noneOdds: 1e6 }
    expect(Number.isFinite(noveltyOf(model, out))).toBe(true)
  })
})

describe('the novelty limit', () => {
  it('leaves no more than the share above it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (novelties, share) => {
          const limit = noveltyLimit(novelties, share)
          const above = novelties.filter((novelty) => novelty > limit).length
          expect(above).toBeLessThanOrEqual(share * novelties.length)
        },
      ),
    )
  })

  it('leaves just the share above it where no two are alike', () => {
    const novelties = [...Array(200).keys()]
    expect(novelties.filter((v) => v > noveltyLimit(novelties, 0.05))).toHaveLength(10)
    expect(noveltyLimit(novelties, 0)).toBe(199)
  })

  it('is infinite without prompts', () => {
    expect(noveltyLimit([], 0.01)).toBe(Number.POSITIVE_INFINITY)
  })
})
