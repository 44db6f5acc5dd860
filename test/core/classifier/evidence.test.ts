import { describe, expect, it } from 'vitest'
import {
  evidenceOf,
  headAndCentroids,
  type NearExemplar,
  routeCentroids,
} from '../../../src/core/classifier/evidence.ts'
import { matrix, naiveProduct, randomMatrix, rowsOf } from '../../support/matrices.ts'

const near = (label: number, featureSimilarity: number): NearExemplar => ({
  ...{ label, featureSimilarity, route: `r${label}`, similarity: featureSimilarity },
})

const evidence = (
  neighbours: NearExemplar[][],
  more: Partial<Parameters<typeof evidenceOf>[0]> = {},
) =>
  evidenceOf({
    neighbours,
    words: null,
    logits: randomMatrix(neighbours.length, 3, 1),
    centroidCosines: randomMatrix(neighbours.length, 3, 2),
    descriptionCosines: null,
    counts: [10, 10, 10],
    none: -1,
    ...more,
  })

const firstVote = (neighbours: NearExemplar[], counts = [10, 10, 10]): number[] => {
  const { votes } = evidence([neighbours], { counts, bandwidths: [0.1] })
  return [...(votes[0]?.vote.data ?? [])].map((log) => Math.exp(log))
}

describe('centres of routes', () => {
  it('are unit means; a route without rows is zero', () => {
    const rows = matrix([
      [1, 0],
      [0, 1],
      [0, 2],
    ])
    const centroids = rowsOf(routeCentroids(rows, Int32Array.of(0, 0, 2), 3))
    expect(centroids).toEqual([
      [expect.closeTo(Math.SQRT1_2, 6), expect.closeTo(Math.SQRT1_2, 6)],
      [0, 0],
      [0, 1],
    ])
  })
})

describe('the vote of neighbours', () => {
  it('falls by e with every kernel width, and rules no route wholly out', () => {
    const [a = 0, b = 0, c = 0] = firstVote([near(0, 0.9), near(1, 0.8)])
    expect(a / b).toBeCloseTo(Math.E, 2)
    expect(a + b).toBeCloseTo(1, 3)
    expect(c).toBeCloseTo(1e-4, 6)
  })

  it('is per exemplar of a route, so that a large route does not win by number', () => {
    const [a = 0, b = 0] = firstVote([near(0, 0.9), near(1, 0.9)], [100, 10, 1])
    expect(b / a).toBeCloseTo(10, 1)
  })

  it('is even where nothing is near', () => {
    expect(new Set(firstVote([])).size).toBe(1)
  })

  it('is cast once for every kernel width', () => {
    expect(evidence([[near(0, 0.9)]]).votes.map(({ bandwidth }) => bandwidth)).toEqual([
      0.03, 0.05, 0.1,
    ])
  })
})

describe('nearness', () => {
  it('is the mean likeness of the five nearest that are not none', () => {
    const found = [0.1, 0.9, 0.8, 0.7, 0.6, 0.5].map((featureSimilarity) =>
      near(0, featureSimilarity),
    )
    const { nearness, nearest } = evidence([[near(2, 1), ...found], [near(2, 1)], [near(1, 0.4)]], {
      none: 2,
    })
    expect([...nearness]).toEqual([expect.closeTo(0.7, 6), -1, expect.closeTo(0.4, 6)])
    expect([...nearest]).toEqual([expect.closeTo(0.9, 6), -1, expect.closeTo(0.4, 6)])
  })
})

describe('evidence', () => {
  it('holds log-probabilities of every part, and the logits as they were', () => {
    const logits = matrix([[1, 2, 3]])
    const made = evidence([[near(0, 0.9)]], {
      logits,
      words: matrix([[0, 0, Math.log(2)]]),
      descriptionCosines: matrix([[0.1, 0.2, 0.9]]),
    })
    expect(made.logits).toBe(logits)
    for (const part of [made.head, made.centroid, made.words, made.described]) {
      const sum = part?.data.reduce((total, value) => total + Math.exp(value), 0)
      expect(sum).toBeCloseTo(1, 5)
    }
    expect(Math.exp(made.words?.data[2] as number)).toBeCloseTo(0.5, 6)
    expect(evidence([[]])).toMatchObject({ words: null, described: null })
  })

  it('takes logits and cosines as products with head and centres', () => {
    const [rows, weights, centroids] = [
      randomMatrix(5, 4, 1),
      randomMatrix(3, 4, 2),
      randomMatrix(3, 4, 3),
    ]
    const bias = Float32Array.of(1, 2, 3)
    const made = headAndCentroids({ weights, bias }, centroids, rows)
    naiveProduct(rows, weights).forEach((row, i) => {
      row.forEach((value, r) => {
        expect(made.logits.data[i * 3 + r]).toBeCloseTo(value + r + 1, 5)
      })
    })
    naiveProduct(rows, centroids)
      .flat()
      .forEach((value, i) => {
        expect(made.centroidCosines.data[i]).toBeCloseTo(value, 5)
      })
  })
})
