import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fitDescriptionPrior,
  withDescriptions,
} from '../../../src/core/classifier/description-prior.ts'
import { evidenceOf } from '../../../src/core/classifier/evidence.ts'
import { logSoftmax } from '../../../src/core/linear/matrix.ts'
import { matrix, rowsOf } from '../../support/matrices.ts'

const prior = { low: 0.2, high: 0.6 }

/** One prompt whose nearest exemplar is this near; its description says route 1, all else is even. */
const evidence = (featureSimilarity: number, descriptionCosines: number[] | null = [0, 1]) =>
  evidenceOf({
    neighbours: [[{ label: 0, featureSimilarity, route: 'a', similarity: featureSimilarity }]],
    words: null,
    logits: matrix([[0, 0]]),
    centroidCosines: matrix([[0, 0]]),
    descriptionCosines: descriptionCosines && matrix([descriptionCosines]),
    ...{ counts: [5, 5], none: -1 },
  })

const blended = logSoftmax(matrix([[2, 0]]))
const described = (featureSimilarity: number): number[] =>
  rowsOf(withDescriptions(blended, evidence(featureSimilarity), prior)).flat()

describe('the descriptions’ prior', () => {
  it('is where the tenth and six tenths of unseen exemplars lie', () => {
    const nearest = Float32Array.from({ length: 10 }, (_, i) => (9 - i) / 10)
    const { low, high } = fitDescriptionPrior(nearest)
    expect([low, high]).toEqual([expect.closeTo(0.1, 6), expect.closeTo(0.6, 6)])
    expect(nearest[0]).toBeCloseTo(0.9, 6)
  })

  it('can be fitted on nothing', () => {
    expect(fitDescriptionPrior(new Float32Array(0))).toEqual({ low: 0, high: 0 })
  })
})

describe('descriptions', () => {
  it('say nothing of prompts that are like an exemplar, everything of those that are unlike any', () => {
    expect(described(0.6)).toEqual(
      rowsOf(blended)
        .flat()
        .map((v) => expect.closeTo(v, 5)),
    )
    expect(described(0.9)).toEqual(described(0.6))
    const [code = 0, math = 0] = described(0.2)
    expect(math - code).toBeCloseTo(10, 4)
    expect(described(-1)).toEqual(described(0.2))
  })

  it('gain the say evenly in between, and what comes out stays a distribution', () => {
    const lead = (featureSimilarity: number): number => {
      const [a = 0, b = 0] = described(featureSimilarity)
      return b - a
    }
    expect(lead(0.4)).toBeCloseTo((lead(0.2) + lead(0.6)) / 2, 4)
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (featureSimilarity) => {
        const sum = described(featureSimilarity).reduce(
          (total, value) => total + Math.exp(value),
          0,
        )
        expect(sum).toBeCloseTo(1, 5)
      }),
    )
  })

  it('change nothing where they do not count', () => {
    expect(withDescriptions(blended, evidence(0, null), prior)).toBe(blended)
  })
})
