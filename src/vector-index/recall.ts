// How much of the truth the graph finds, measured at each build against exact search: the gate that decides which serves.

import { normaliseRow, type RowShape } from '../core/linear/vectors.ts'
import type { Random } from '../core/statistics/random.ts'
import { rowCount } from './guard.ts'
import type { VectorIndex } from './vector-index.ts'

export interface RecallProbeOptions {
  /** The oracle, over the same rows. */
  exact: VectorIndex
  /** n rows, from which queries are made. */
  vectors: Float32Array
  random: Random
  k?: number
  queries?: number
}

export interface RecallOptions extends RecallProbeOptions {
  index: VectorIndex
}

/** float32 and float64 sums of 384 products differ by less than this. */
const TIE = 1e-6

/** Standard normal numbers (Box & Muller 1958). */
const gaussian = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/**
 * A query that is near the exemplars but none of them: a stored row, or in every second query the mixture of two, plus
 * noise of 0.4 to 1.2 times its length. Its cosine to the row (unmixed) is then about 0.93 to 0.64; an unchanged row
 * would be found by any graph and flatter it. Isotropic noise is a harsher test than prompts are expected to be.
 * What follows the embedding in a row takes no part in a search and stays 0.
 */
export const makeQuery = (vectors: Float32Array, shape: RowShape, random: Random) => {
  const { dimensions, searchDimensions } = shape
  const pick = (): number => Math.floor(random() * (vectors.length / dimensions)) * dimensions
  const first = pick()
  const second = pick()
  const share = random() < 0.5 ? 0 : random() / 2
  const noise = (0.4 + 0.8 * random()) / Math.sqrt(searchDimensions)
  const query = new Float32Array(dimensions)
  for (let i = 0; i < searchDimensions; i++) {
    const mixed =
      (1 - share) * (vectors[first + i] as number) + share * (vectors[second + i] as number)
    query[i] = mixed + noise * gaussian(random)
  }
  normaliseRow(query, 0, searchDimensions)
  return query
}

/**
 * Mean recall@k of an index, 0 to 1, over `queries` (300) made queries; 1 for an empty one. A hit counts where it is as near as
 * the exact k-th, so that equal exemplars are interchangeable (as in ann-benchmarks, Aumüller et al. 2018).
 */
export const createRecallProbe = (
  options: RecallProbeOptions,
): ((index: VectorIndex) => number) => {
  const { exact, vectors, random, k = 10, queries = 300 } = options
  if (rowCount(vectors, exact.dimensions) === 0) return () => 1
  const asked = Array.from({ length: queries }, () => {
    const query = makeQuery(vectors, exact, random)
    const truth = exact.search(query, k)
    return { query, wanted: truth.length, least: (truth.at(-1)?.similarity ?? 1) - TIE }
  })
  const wanted = asked.reduce((sum, one) => sum + one.wanted, 0)
  const foundBy = (index: VectorIndex) => (sum: number, one: (typeof asked)[number]) =>
    sum + index.search(one.query, k).filter((hit) => hit.similarity >= one.least).length
  return (index) => asked.reduce(foundBy(index), 0) / wanted
}

export const measureRecall = ({ index, ...options }: RecallOptions): number =>
  createRecallProbe(options)(index)
