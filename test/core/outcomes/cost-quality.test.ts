// Hull, area and recovered gain on points whose figures can be worked out by hand.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  aiqOf,
  apgrOf,
  arenaScore,
  hullOf,
  qualityAt,
} from '../../../src/core/outcomes/cost-quality.ts'

const at = (cost: number, quality: number) => ({ cost, quality })

describe('the hull', () => {
  it('leaves out what is dearer and no better, and what a mixture of others beats', () => {
    const points = [at(1, 0.5), at(2, 0.4), at(2, 0.6), at(3, 0.9), at(5, 0.9), at(1, 0.3)]
    expect(hullOf(points)).toEqual([at(1, 0.5), at(3, 0.9)])
  })

  it('is read between its points as a mixture of both, and has nothing below its cheapest', () => {
    const hull = hullOf([at(1, 0.5), at(3, 0.9)])
    expect([0, 1, 2, 3, 9].map((cost) => qualityAt(hull, cost))).toEqual([0, 0.5, 0.7, 0.9, 0.9])
  })

  it('is under no point', () => {
    const point = fc.record({
      cost: fc.double({ min: 0, max: 9, noNaN: true }),
      quality: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 30 }), (points) => {
        const hull = hullOf(points)
        for (const { cost, quality } of points) {
          expect(qualityAt(hull, cost)).toBeGreaterThanOrEqual(quality - 1e-9)
        }
      }),
    )
  })
})

it('has the area under the hull as the AIQ, and a single point’s quality where all cost the same', () => {
  expect(aiqOf([at(0, 0.5), at(2, 0.9)], { low: 0, high: 2 })).toBeCloseTo(0.7)
  expect(aiqOf([at(1, 0.5), at(2, 0.9)], { low: 0, high: 4 })).toBeCloseTo((0.7 + 1.8) / 4)
  expect(aiqOf([at(1, 0.5), at(1, 0.9)], { low: 1, high: 1 })).toBe(0.9)
})

it('recovers all of the gain early where the right prompts come first, and half at random', () => {
  const weak = [1, 0, 1, 0]
  const strong = [1, 1, 1, 1]
  expect(apgrOf([0, 1, 0, 1], { weak, strong })).toBe(0.75)
  expect(apgrOf([1, 0, 1, 0], { weak, strong })).toBe(0.25)
  expect(apgrOf([1, 1], { weak: [0, 0], strong: [1, 1] })).toBe(0.5)
  expect(apgrOf([1, 1], { weak: [1, 1], strong: [1, 1] })).toBeNaN()
})

it('scores a point as RouterArena does: quality weighs ten times as much as cheapness', () => {
  expect(arenaScore(at(0.0044 / 1_000, 1))).toBeCloseTo(1)
  expect(arenaScore(at(0.2, 1))).toBe(0)
  expect(arenaScore(at(1 / 1_000, 0.8))).toBeCloseTo(
    (1.1 * 0.8 * (Math.log2(200) / Math.log2(200 / 0.0044))) /
      (0.08 + Math.log2(200) / Math.log2(200 / 0.0044)),
  )
})
