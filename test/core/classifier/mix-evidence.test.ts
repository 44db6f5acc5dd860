import { describe, expect, it } from 'vitest'
import { evidenceOf } from '../../../src/core/classifier/evidence.ts'
import { confidenceFeatures, confidenceOf, mix } from '../../../src/core/classifier/mix-evidence.ts'
import { matrix } from '../../support/matrices.ts'

const HEAD_ALONE = { bandwidth: 0.1, vote: 0, centroid: 0, words: 0, sharpness: 1 }
const routes = ['a', 'b', 'none']

/** One prompt by its logits; the one neighbour has the same similarity in both spaces. */
const mixed = (logits: number[], featureSimilarity = 0.4, route = 'a') =>
  mix(
    evidenceOf({
      neighbours: [
        [{ route, label: routes.indexOf(route), similarity: featureSimilarity, featureSimilarity }],
      ],
      words: null,
      logits: matrix([logits]),
      centroidCosines: matrix([logits.map(() => 0)]),
      descriptionCosines: null,
      counts: logits.map(() => 1),
      none: 2,
      bandwidths: [0.1],
    }),
    HEAD_ALONE,
    { routes: routes.slice(0, logits.length), none: 2, prior: null },
  )

describe('mixing', () => {
  it('gives the blend where no exemplar is a twin, and notes what speaks for novelty', () => {
    const made = mixed([2, 1, 0])
    expect(made.twinShares).toEqual(Float32Array.of(0))
    expect((made.log.data[0] as number) - (made.log.data[1] as number)).toBeCloseTo(1, 5)
    expect(made.signs[0]?.energy).toBeCloseTo(Math.log(Math.E ** 2 + Math.E), 5)
    expect(made.signs[0]?.nearness).toBeCloseTo(0.4, 5)
  })

  it('lets a twin of another route turn it', () => {
    const made = mixed([5, 0, 0], 0.99, 'b')
    expect(made.twinShares[0]).toBe(1)
    expect(Math.exp(made.log.data[1] as number)).toBeGreaterThan(0.99)
  })
})

describe('what confidence is read from', () => {
  it('is the log odds of the best route, its lead in log-probability, energy and nearness', () => {
    const features = confidenceFeatures(mixed([2, 1, 0]), 0)
    const p = Math.E ** 2 / (Math.E ** 2 + Math.E + 1)
    expect(features).toEqual([
      expect.closeTo(Math.log(p / (1 - p)), 4),
      expect.closeTo(1, 5),
      expect.closeTo(Math.log(Math.E ** 2 + Math.E), 5),
      expect.closeTo(0.4, 5),
    ])
  })

  it('stays within bounds for a head that is certain, and where there is one route', () => {
    expect(confidenceFeatures(mixed([900, 0, 0]), 0).slice(0, 2)).toEqual([
      expect.closeTo(Math.log(1e6), 2),
      12,
    ])
    expect(confidenceFeatures(mixed([3]), 0).every(Number.isFinite)).toBe(true)
  })

  it('is the probability itself where nothing was calibrated', () => {
    const plain = { bias: 0, weight: [], mean: [], sd: [] }
    const made = mixed([2, 1, 0])
    expect(confidenceOf(plain, made, 0)).toBeCloseTo(Math.exp(made.log.data[0] as number), 5)
    expect(confidenceOf({ ...plain, bias: -1 }, made, 0)).toBeLessThan(0.5)
  })
})
