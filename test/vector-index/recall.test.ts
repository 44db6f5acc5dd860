// The recall gate must see a graph that misses, and must not punish one that is right.
import { describe, expect, it } from 'vitest'
import { dot } from '../../src/core/linear/vectors.ts'
import { createRandom } from '../../src/core/statistics/random.ts'
import { createExactIndex } from '../../src/vector-index/exact.ts'
import { makeQuery, measureRecall } from '../../src/vector-index/recall.ts'
import type { VectorIndex } from '../../src/vector-index/vector-index.ts'
import { bare, clusteredRows, rowOf } from './support/fixtures.ts'

const vectors = clusteredRows({ count: 100, dimensions: 32 })
const exact = createExactIndex({ vectors, ...bare(32) })
const measure = (index: VectorIndex) =>
  measureRecall({ index, exact, vectors, random: createRandom(3), queries: 60 })

describe('measureRecall', () => {
  it('is 1 for exact search itself', () => {
    expect(measure(exact)).toBe(1)
  })

  it('is the share that was found', () => {
    const half: VectorIndex = { ...exact, search: (query, k) => exact.search(query, k / 2) }
    expect(measure(half)).toBe(0.5)
  })

  it('does not count a hit that is farther than the true k-th', () => {
    const next: VectorIndex = {
      ...exact,
      search: (query, k) => exact.search(query, 2 * k).slice(k),
    }
    expect(measure(next)).toBe(0)
  })

  it('takes equal exemplars for one another', () => {
    const twins = new Float32Array(30 * 32)
    for (let row = 0; row < 30; row++) twins.set(rowOf(vectors, 32, 0), row * 32)
    const oracle = createExactIndex({ vectors: twins, ...bare(32) })
    const last: VectorIndex = { ...oracle, search: (q, k) => oracle.search(q, 30).slice(30 - k) }
    const recall = measureRecall({
      index: last,
      exact: oracle,
      vectors: twins,
      random: createRandom(1),
      queries: 20,
    })
    expect(recall).toBe(1)
  })

  it('is 1 where there is nothing to find', () => {
    const none = createExactIndex({ vectors: new Float32Array(0), ...bare(32) })
    const recall = measureRecall({
      index: none,
      exact: none,
      vectors: new Float32Array(0),
      random: createRandom(1),
    })
    expect(recall).toBe(1)
  })
})

describe('makeQuery', () => {
  it('makes unit vectors near the exemplars, none of them a copy', () => {
    const random = createRandom(9)
    const shape = { dimensions: 400, searchDimensions: 384 }
    const wide = clusteredRows({ count: 100, ...shape })
    const index = createExactIndex({ vectors: wide, ...shape })
    for (let i = 0; i < 100; i++) {
      const query = makeQuery(wide, shape, random)
      expect(dot(query, 0, query, 0, 384)).toBeCloseTo(1, 5)
      const nearest = index.search(query, 1)[0]?.similarity ?? 0
      expect(nearest).toBeGreaterThan(0.35)
      expect(nearest).toBeLessThan(0.97)
    }
  })
})
