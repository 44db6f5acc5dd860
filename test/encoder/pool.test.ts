import { describe, expect, it } from 'vitest'
import { poolerFor, poolTokens, rowMakerFor, toUnitLength } from '../../src/encoder/pool.ts'
import { FEATURE_INPUTS, foldFeatures, SIDE_FEATURES } from '../../src/encoder/side-features.ts'
import { RouterError } from '../../src/errors.ts'

const tokens = { dims: [1, 3, 2], data: [1, 8, 2, -4, 6, 2] }
const plain = (vector: Float32Array) => Array.from(vector)

describe('pooling in JavaScript', () => {
  it('takes the mean, the first token, or the largest value of each channel', () => {
    expect(plain(poolTokens(tokens, 'mean'))).toEqual([3, 2])
    expect(plain(poolTokens(tokens, 'cls'))).toEqual([1, 8])
    expect(plain(poolTokens(tokens, 'max'))).toEqual([6, 8])
  })

  it('pools token vectors itself where a graph has both, since only then the pooling is known', () => {
    const pool = poolerFor('cls', ['sentence_embedding', 'last_hidden_state'])
    const vector = pool({
      last_hidden_state: { dims: [1, 1, 2], data: [3, 4] },
      sentence_embedding: { dims: [1, 2], data: [1, 0] },
    })
    expect(plain(vector)).toEqual([Math.fround(0.6), Math.fround(0.8)])
  })

  it('takes the pooled output where a graph has no token vectors', () => {
    const pool = poolerFor('max', ['sentence_embedding', 'cls_embedding', 'max_embedding'])
    expect(plain(pool({ max_embedding: { dims: [1, 2], data: [0, 5] } }))).toEqual([0, 1])
  })

  it('refuses a graph that is not a feature-extraction model and names its outputs', () => {
    expect(() => poolerFor('mean', ['logits'])).toThrow(/logits/)
  })

  it('refuses vectors without a direction', () => {
    for (const vector of [
      [0, 0],
      [Number.NaN, 1],
      [Number.POSITIVE_INFINITY, 1],
    ]) {
      expect(() => toUnitLength(Float32Array.from(vector))).toThrow(RouterError)
    }
  })
})

describe('the row of a prompt', () => {
  const pool = poolerFor('mean', ['sentence_embedding'])
  const sentence_embedding = { dims: [1, 2], data: [0.6, 0.8] }

  it('is the embedding as it is, and the folded features after it', () => {
    const data = Array.from({ length: FEATURE_INPUTS }, (_, i) => Math.sin(i))
    const run = { sentence_embedding, features: { dims: [1, FEATURE_INPUTS], data } }
    const row = rowMakerFor(pool, run)(run)
    expect(row).toHaveLength(2 + SIDE_FEATURES)
    expect(row.slice(0, 2)).toEqual(pool(run))
    expect(row.slice(2)).toEqual(foldFeatures(data))
  })

  it('is the embedding alone where a graph has no features, or some of another kind', () => {
    const foreign = { sentence_embedding, features: { dims: [1, 3], data: [1, 2, 3] } }
    for (const run of [{ sentence_embedding }, foreign]) {
      expect(rowMakerFor(pool, run)(run)).toEqual(pool(run))
    }
  })
})
