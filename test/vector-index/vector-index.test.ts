// One case table for all implementations of VectorIndex; exact search is the oracle of the others.
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeRows } from '../../src/core/linear/simd/product-codes.ts'
import type { RowShape } from '../../src/core/linear/vectors.ts'
import { createRandom } from '../../src/core/statistics/random.ts'
import { createCodedIndex } from '../../src/vector-index/coded.ts'
import { createExactIndex } from '../../src/vector-index/exact.ts'
import { buildHnsw, openHnsw } from '../../src/vector-index/hnsw.ts'
import { measureRecall } from '../../src/vector-index/recall.ts'
import type { VectorIndex } from '../../src/vector-index/vector-index.ts'
import { bare, clusteredRows, randomUnit, rowOf, temporaryFolder } from './support/fixtures.ts'

const HNSW = { m: 16, efConstruction: 200, efSearch: 128 }

const opened = async (vectors: Float32Array, shape: RowShape): Promise<VectorIndex> => {
  const file = join(await temporaryFolder(), 'hnsw.bin')
  buildHnsw({ vectors, ...shape, seed: 7, ...HNSW }).save(file)
  return openHnsw({ file, ...shape, size: vectors.length / shape.dimensions, m: 16, efSearch: 128 })
}

const coded = (vectors: Float32Array, shape: RowShape, candidates: number): VectorIndex => {
  const { dimensions: cols, searchDimensions } = shape
  const matrix = { rows: Math.floor(vectors.length / cols), cols, data: vectors }
  const codes = codeRows(matrix, { cols: searchDimensions, seed: 7 })
  return createCodedIndex({ vectors, ...shape, codes, candidates })
}

const implementations: [string, (v: Float32Array, shape: RowShape) => Promise<VectorIndex>][] = [
  ['exact', async (vectors, shape) => createExactIndex({ vectors, ...shape })],
  [
    'hnsw, just built',
    async (vectors, shape) => buildHnsw({ vectors, ...shape, seed: 7, ...HNSW }),
  ],
  ['hnsw, opened from a file', opened],
  ['codes', async (vectors, shape) => coded(vectors, shape, 40)],
]

const badQueries: [string, unknown, RegExp][] = [
  ['one number too few', new Float32Array(15).fill(1), /length 15; expected .* 16 numbers/],
  ['one number too many', new Float32Array(17).fill(1), /length 17/],
  ['empty', new Float32Array(0), /length 0/],
  ['all zeros', new Float32Array(16), /all zeros/],
  ['NaN', new Float32Array(16).fill(1).fill(Number.NaN, 3, 4), /vector\[3\] is NaN/],
  ['Infinity', new Float32Array(16).fill(Number.POSITIVE_INFINITY), /vector\[0\] is Infinity/],
  ['null', null, /of type null/],
  ['undefined', undefined, /of type undefined/],
  ['a string', '1'.repeat(16), /of type string/],
  ['Float64Array', new Float64Array(16).fill(1), /of type Float64Array/],
  ['null inside', [...Array(15).fill(1), null], /vector\[15\] is of type null/],
  ['a hole inside', Object.assign(Array(16), { 0: 1 }), /vector\[1\] is missing/],
  ['a string inside', [...Array(15).fill(1), '1'], /vector\[15\] is of type string/],
  ['a BigInt inside', [1n, ...Array(15).fill(1)], /vector\[0\] is of type bigint/],
]

describe.each(implementations)('a vector index (%s)', (_name, createFor) => {
  const create = (rows: Float32Array, dimensions: number) => createFor(rows, bare(dimensions))
  const vectors = clusteredRows({ count: 60, dimensions: 16 })

  it('finds each stored vector first, at a similarity of 1', async () => {
    const index = await create(vectors, 16)
    for (let row = 0; row < 60; row++) {
      const [best] = index.search(rowOf(vectors, 16, row), 1)
      expect(best?.position).toBe(row)
      expect(best?.similarity).toBeCloseTo(1, 5)
    }
  })

  it('returns the hits best first, with the cosine as similarity', async () => {
    const index = await create(Float32Array.of(1, 0, 0, 1, -1, 0, Math.SQRT1_2, Math.SQRT1_2), 2)
    const hits = index.search(Float32Array.of(1, 0), 4)
    expect(hits.map((hit) => hit.position)).toEqual([0, 3, 1, 2])
    const cosines = [1, Math.SQRT1_2, 0, -1]
    for (const [i, hit] of hits.entries()) expect(hit.similarity).toBeCloseTo(cosines[i] ?? 9, 6)
  })

  it('gives every position once where more are asked for than it holds', async () => {
    const index = await create(vectors, 16)
    const hits = index.search(rowOf(vectors, 16, 5), 1_000)
    expect(hits.map((hit) => hit.position).sort((a, b) => a - b)).toEqual([...Array(60).keys()])
  })

  it('widens a search beyond efSearch where k is larger', async () => {
    const many = clusteredRows({ count: 400, dimensions: 16 })
    const index = await create(many, 16)
    expect(index.search(rowOf(many, 16, 0), 300)).toHaveLength(300)
    expect(index.search(rowOf(many, 16, 0), 5)).toHaveLength(5)
  })

  it('compares the embeddings of rows and nothing that follows them', async () => {
    const shape = { dimensions: 24, searchDimensions: 16 }
    const whole = clusteredRows({ count: 60, ...shape })
    const embeddings = Float32Array.from({ length: 60 * 16 }, (_, i) => {
      const row = Math.floor(i / 16)
      return whole[row * 24 + (i % 16)] as number
    })
    const index = await createFor(whole, shape)
    const bareIndex = await create(embeddings, 16)
    expect(index).toMatchObject(shape)
    for (let row = 0; row < 60; row++) {
      const query = rowOf(whole, 24, row)
      const expected = bareIndex.search(query.slice(0, 16), 10)
      expect(index.search(query, 10)).toEqual(expected)
      expect(index.search(query.fill(1e6, 16), 10)).toEqual(expected)
    }
    expect(() => index.search(rowOf(whole, 24, 0).fill(Number.NaN, 20), 1)).toThrow(
      /vector\[20\] is NaN/,
    )
    expect(() => index.search(rowOf(whole, 24, 0).slice(0, 16), 1)).toThrow(/length 16/)
  })

  it('is empty without complaint', async () => {
    const index = await create(new Float32Array(0), 16)
    expect(index.size).toBe(0)
    expect(index.search(rowOf(vectors, 16, 0), 10)).toEqual([])
  })

  it('answers with nothing for k 0, and refuses a k that is no count', async () => {
    const index = await create(vectors, 16)
    expect(index.search(rowOf(vectors, 16, 0), 0)).toEqual([])
    for (const k of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => index.search(rowOf(vectors, 16, 0), k)).toThrow(
        expect.objectContaining({ code: 'invalid_request' }),
      )
    }
  })

  it('accepts a query of any length above zero as a direction', async () => {
    const index = await create(vectors, 16)
    const query = rowOf(vectors, 16, 9)
    const expected = index.search(query, 5).map((hit) => hit.position)
    for (const scale of [1e6, 1e-6, 3]) {
      const hits = index.search(
        query.map((value) => value * scale),
        5,
      )
      expect(hits.map((hit) => hit.position)).toEqual(expected)
      expect(hits[0]?.similarity).toBeCloseTo(1, 5)
    }
  })

  it.each(badQueries)('refuses a query that is wrong: %s', async (_what, query, message) => {
    const index = await create(vectors, 16)
    expect(() => index.search(query as Float32Array, 3)).toThrow(
      expect.objectContaining({
        code: 'invalid_vector',
        message: expect.stringMatching(message) as string,
      }),
    )
    expect(index.search(rowOf(vectors, 16, 0), 1)).toHaveLength(1)
  })

  it('orders equal vectors by position', async () => {
    const same = new Float32Array(8 * 16)
    for (let row = 0; row < 8; row++) same.set(rowOf(vectors, 16, 0), row * 16)
    const index = await create(same, 16)
    expect(index.search(rowOf(vectors, 16, 0), 8).map((hit) => hit.position)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ])
  })

  it('refuses a matrix that is no whole number of rows', async () => {
    await expect(async () => create(new Float32Array(17), 16)).rejects.toMatchObject({
      code: 'invalid_vector',
    })
  })
})

describe('codes against exact search', () => {
  it('finds the same to the last bit where all rows are compared, whatever their shape', () => {
    const shapes = fc.record({
      seed: fc.integer({ min: 0, max: 1e6 }),
      count: fc.integer({ min: 1, max: 200 }),
      dimensions: fc.integer({ min: 2, max: 70 }),
      clusters: fc.integer({ min: 1, max: 20 }),
      k: fc.integer({ min: 1, max: 50 }),
    })
    fc.assert(
      fc.property(shapes, ({ k, ...shape }) => {
        const { dimensions, count, seed } = shape
        const vectors = clusteredRows(shape)
        const query = randomUnit(dimensions, createRandom(seed))
        const found = coded(vectors, bare(dimensions), count).search(query, k)
        expect(found).toEqual(createExactIndex({ vectors, ...bare(dimensions) }).search(query, k))
      }),
      { numRuns: 40 },
    )
  })

  it('finds nearly all of the true ten nearest among a twentieth of the rows', () => {
    const vectors = clusteredRows({ count: 4_000, dimensions: 96, clusters: 400 })
    const exact = createExactIndex({ vectors, ...bare(96) })
    const index = coded(vectors, bare(96), 200)
    expect(measureRecall({ index, exact, vectors, random: createRandom(3) })).toBeGreaterThan(0.98)
  })

  it('gives the similarity of exact search, to the last bit', () => {
    const vectors = clusteredRows({ count: 600, dimensions: 384 })
    const query = randomUnit(384, createRandom(5))
    const all = createExactIndex({ vectors, ...bare(384) }).search(query, 600)
    const similarities = new Map(all.map((hit) => [hit.position, hit.similarity]))
    for (const hit of coded(vectors, bare(384), 50).search(query, 10)) {
      expect(hit.similarity).toBe(similarities.get(hit.position))
    }
  })
})

describe('the graph against exact search', () => {
  it('finds at least 0.99 of the true ten nearest on clustered rows, whatever their shape', () => {
    const shapes = fc.record({
      seed: fc.integer({ min: 0, max: 1e6 }),
      count: fc.integer({ min: 50, max: 800 }),
      dimensions: fc.constantFrom(16, 48, 96),
      clusters: fc.integer({ min: 1, max: 20 }),
    })
    // The same shapes every time: recall is a mean over queries, and some seed always misses by one in a hundred.
    const recalls = fc.sample(shapes, { seed: 2026, numRuns: 12 }).map((shape) => {
      const { dimensions, seed } = shape
      const vectors = clusteredRows(shape)
      const exact = createExactIndex({ vectors, ...bare(dimensions) })
      const graph = buildHnsw({ vectors, ...bare(dimensions), seed, ...HNSW })
      const random = createRandom(seed)
      let found = 0
      for (let i = 0; i < 50; i++) {
        const query = randomUnit(dimensions, random)
        const truth = new Set(exact.search(query, 10).map((hit) => hit.position))
        found += graph.search(query, 10).filter((hit) => truth.has(hit.position)).length
      }
      return found / 500
    })
    expect(Math.min(...recalls)).toBeGreaterThanOrEqual(0.97)
    expect(recalls.reduce((sum, recall) => sum + recall, 0) / 12).toBeGreaterThanOrEqual(0.99)
  })

  it('gives the same similarity to a hit as exact search does', () => {
    const vectors = clusteredRows({ count: 200, dimensions: 384 })
    const exact = createExactIndex({ vectors, ...bare(384) })
    const graph = buildHnsw({ vectors, ...bare(384), seed: 1, ...HNSW })
    const query = randomUnit(384, createRandom(5))
    const similarities = new Map(exact.search(query, 200).map((h) => [h.position, h.similarity]))
    for (const hit of graph.search(query, 20)) {
      expect(hit.similarity).toBeCloseTo(similarities.get(hit.position) ?? 9, 5)
    }
  })

  it('refuses to build on a row that is not finite, and names it', () => {
    const vectors = clusteredRows({ count: 20, dimensions: 16 })
    vectors[7 * 16 + 3] = Number.NaN
    expect(() => buildHnsw({ vectors, ...bare(16), seed: 1, ...HNSW })).toThrow(
      /Row 7: vector\[3\] is NaN/,
    )
  })

  it.each([
    ['dimension', { ...bare(8), size: 60, m: 16 }, /size_data_per_element/],
    ['count', { ...bare(16), size: 61, m: 16 }, /max_elements is 60, expected 61/],
    ['m', { ...bare(16), size: 60, m: 12 }, /size_data_per_element/],
  ])('does not open a file of another %s', async (_what, shape, message) => {
    const file = join(await temporaryFolder(), 'hnsw.bin')
    const vectors = clusteredRows({ count: 60, dimensions: 16 })
    buildHnsw({ vectors, ...bare(16), seed: 1, ...HNSW }).save(file)
    await expect(openHnsw({ file, ...shape, efSearch: 64 })).rejects.toMatchObject({
      code: 'index_invalid',
      message: expect.stringMatching(message) as string,
    })
  })
})
