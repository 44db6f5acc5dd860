import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dot } from '../../src/core/linear/vectors.ts'
import { createRandom } from '../../src/core/statistics/random.ts'
import { FEATURE_INPUTS, foldFeatures, SIDE_FEATURES } from '../../src/encoder/side-features.ts'

/** Where the views begin: layers 4, 5, 6, then the feed-forward maxima of layers 5 and 6. */
const STARTS = [0, 384, 768, 1_152, 2_688, FEATURE_INPUTS]
/** What each view weighs in the row: share ÷ spread. */
const WEIGHTS = [0.7 / 0.6189, 0.7 / 0.5784, 0, 0.7 / 0.6166, 1 / 0.6594]

const made = (seed: number): Float32Array => {
  const random = createRandom(seed)
  return Float32Array.from({ length: FEATURE_INPUTS }, () => random() - 0.5)
}

/** Only the view at `view`, all else zero. */
const only = (features: Float32Array, view: number): Float32Array => {
  const from = STARTS[view] as number
  const out = new Float32Array(FEATURE_INPUTS)
  out.set(features.subarray(from, STARTS[view + 1]), from)
  return out
}

const length = (vector: Float32Array): number => Math.sqrt(dot(vector, 0, vector, 0, vector.length))

describe('folding the features', () => {
  it('adds each input with its sign to one of the sums, and to the same one every time', () => {
    const features = Float32Array.from({ length: FEATURE_INPUTS }, (_, i) => Math.cos(i))
    const folded = foldFeatures(features)
    expect(folded).toHaveLength(SIDE_FEATURES)
    expect(foldFeatures(features)).toEqual(folded)
    // These follow from the seed: where they change, rows change, and ROW_VERSION must be raised.
    const found = [0, 1, 383, 384, 767].map((at) => (folded[at] as number).toFixed(5))
    expect(found).toEqual(['-0.02981', '-0.11441', '0.03055', '-0.05423', '0.11672'])
  })

  it('weighs each view by its share, whatever its length', () => {
    for (const [view, weight] of WEIGHTS.entries()) {
      const one = only(made(view + 1), view)
      const folded = foldFeatures(one)
      const again = foldFeatures(one.map((value) => value * 1_000))
      // A mean is folded without collisions; two inputs of a maximum share each sum.
      if (view < 3) expect(length(folded)).toBeCloseTo(weight, 4)
      else expect(Math.abs(length(folded) / weight - 1)).toBeLessThan(0.1)
      for (let i = 0; i < SIDE_FEATURES; i++) expect(again[i]).toBeCloseTo(folded[i] as number, 5)
    }
  })

  it('keeps inner products but for the error of a sketch', () => {
    const runs = fc.record({
      seed: fc.integer({ min: 0, max: 1e6 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(runs, ({ seed, share }) => {
        const a = made(seed)
        const noise = made(seed + 1)
        const b = a.map((value, i) => share * value + (1 - share) * (noise[i] as number))
        let wanted = 0
        for (const [view, weight] of WEIGHTS.entries()) {
          const [x, y] = [only(a, view), only(b, view)]
          wanted += (weight ** 2 * dot(x, 0, y, 0, FEATURE_INPUTS)) / (length(x) * length(y))
        }
        const found = dot(foldFeatures(a), 0, foldFeatures(b), 0, SIDE_FEATURES)
        // A row's own inner product is 6.3; the standard error of the sketch is about 0.3.
        expect(Math.abs(found - wanted)).toBeLessThan(1.5)
      }),
      { numRuns: 50 },
    )
  })

  it('takes a view of zeros as nothing, and does not hide a number that is not finite', () => {
    expect(foldFeatures(new Float32Array(FEATURE_INPUTS))).toEqual(new Float32Array(SIDE_FEATURES))
    const broken = made(1)
    broken[5] = Number.NaN
    expect(foldFeatures(broken).every(Number.isFinite)).toBe(false)
  })
})
