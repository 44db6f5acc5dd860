// Classifies many embedded rows at once, for replay and gate. Evidence, blend and calibration are those of score.ts; neighbours
// are found by exact search, as blocks of matrix products.

import { type Matrix, rowOf, stackRows, takeCols } from '../linear/matrix.ts'
import { createProduct, type OnBlock, product } from '../linear/simd/product.ts'
import { dot } from '../linear/vectors.ts'
import type { ClassifierModel } from './classifier.ts'
import { type ClassifierParts, nonePosition, toParts } from './classifier-codec.ts'
import { evidenceOf, type NearExemplar } from './evidence.ts'
import { rowsToSpace } from './feature-space.ts'
import { confidenceOf, mix } from './mix-evidence.ts'
import { noveltyOf } from './novelty.ts'
import { firstColumns } from './training-rows.ts'
import { createReadWords, type ReadWords } from './word-head.ts'

export interface BatchRouterOptions {
  model: ClassifierModel
  /** Id and route of the exemplar of each row of `vectors`. */
  exemplars: readonly { id: string; route: string }[]
  /** Whole rows of the exemplars. */
  vectors: Float32Array
  /** Length of the embedding at the beginning of a row. */
  searchDimensions: number
  /** k: neighbours fetched per row. */
  neighbours: number
}

export interface BatchRows {
  /** Whole rows, one after the other. */
  vectors: Float32Array
  /** Routing text of each row; null where it is not stored: the row is then classified without the word head. */
  texts: readonly (string | null)[]
}

/** Results in flat arrays, which can be transferred to another thread without a copy. */
export interface BatchScores {
  rows: number
  /** Probability of each trained route, `[rows × routes]`; empty where nothing was trained or there are no exemplars. */
  probabilities: Float32Array
  confidences: Float64Array
  novelties: Float64Array
  /** Neighbours of each row, best first, `[rows × k]`: positions of exemplars and cosines. */
  positions: Int32Array
  similarities: Float32Array
}

export interface BatchRouter {
  score(rows: BatchRows): BatchScores
}

/** Rows processed at a time: bounds the memory. */
const CHUNK = 2_048

interface Prepared extends BatchRouterOptions {
  parts: ClassifierParts
  /** Position of each exemplar's route among the trained ones; −1 where it was not trained. */
  labels: Int32Array
  /** Cosines between embeddings and those of all exemplars. */
  cosines: (embeddings: Matrix, onBlock: OnBlock) => void
  /** Rows of the exemplars in the feature space. */
  inSpace: Matrix
  /** Weights of the head, centroids, and descriptions where they are used. */
  targets: Matrix
  read: ReadWords | null
}

const prepare = (options: BatchRouterOptions): Prepared => {
  const { model, exemplars, vectors, searchDimensions } = options
  const parts = toParts(model)
  const position = new Map(parts.routes.map((route, r) => [route, r]))
  const rows = { rows: exemplars.length, cols: model.dimensions, data: vectors }
  const { head, centroids, descriptions } = parts
  return {
    ...options,
    parts,
    labels: Int32Array.from(exemplars, ({ route }) => position.get(route) ?? -1),
    cosines: createProduct(firstColumns(rows, searchDimensions)),
    inSpace: rowsToSpace(parts.space, rows),
    targets: stackRows([
      head.weights,
      centroids,
      ...(descriptions ? [descriptions.centroids] : []),
    ]),
    read: parts.words && createReadWords(parts.words),
  }
}

/** Rounding can make the cosine of two unit vectors slightly larger than ±1. */
const clamp = (cosine: number): number => Math.max(-1, Math.min(1, cosine))

/**
 * Writes the positions of the largest values to `best`, best first, ties in order of position, as `largestColumns` gives them.
 * Most values are rejected by one comparison, which dominates the time: there are up to 36 million of them.
 */
const takeLargest = (values: Float32Array, best: Int32Array): void => {
  const k = best.length
  let kept = 0
  let least = Number.NEGATIVE_INFINITY
  for (let j = 0; j < values.length; j++) {
    const value = values[j] as number
    if (kept === k && value <= least) continue
    let at = kept === k ? k - 1 : kept++
    for (; at > 0 && (values[best[at - 1] as number] as number) < value; at--) {
      best[at] = best[at - 1] as number
    }
    best[at] = j
    least = values[best[kept - 1] as number] as number
  }
}

type Found = Pick<BatchScores, 'positions' | 'similarities'>

const searchAll = (prepared: Prepared, rows: Matrix): Found => {
  const { cosines, exemplars, searchDimensions } = prepared
  const k = Math.min(prepared.neighbours, exemplars.length)
  const positions = new Int32Array(rows.rows * k)
  const similarities = new Float32Array(rows.rows * k)
  cosines(firstColumns(rows, searchDimensions), (from, values) => {
    for (let i = 0; i < values.rows; i++) {
      const at = (from + i) * k
      const best = positions.subarray(at, at + k)
      const row = rowOf(values, i)
      takeLargest(row, best)
      for (let n = 0; n < k; n++) similarities[at + n] = clamp(row[best[n] as number] as number)
    }
  })
  return { positions, similarities }
}

/** Neighbours of trained routes, with their cosine in the feature space. */
const toNear = (prepared: Prepared, found: Found, inSpace: Matrix): NearExemplar[][] => {
  const { labels, parts } = prepared
  const { cols } = inSpace
  const k = found.positions.length / Math.max(1, inSpace.rows)
  return Array.from({ length: inSpace.rows }, (_, row) => {
    const near: NearExemplar[] = []
    for (let at = row * k; at < (row + 1) * k; at++) {
      const position = found.positions[at] as number
      const label = labels[position] as number
      if (label < 0) continue
      const featureSimilarity = dot(
        inSpace.data,
        row * cols,
        prepared.inSpace.data,
        position * cols,
        cols,
      )
      const route = parts.routes[label] as string
      near.push({ route, similarity: found.similarities[at] as number, label, featureSimilarity })
    }
    return near
  })
}

/** Rows without a text get zeros, equal for all routes, which has no effect on the blend. */
const wordsOf = ({ read, parts }: Prepared, texts: readonly (string | null)[]): Matrix | null => {
  if (!read) return null
  const cols = parts.routes.length
  const data = new Float32Array(texts.length * cols)
  texts.forEach((text, i) => {
    if (text !== null) read(text, data, i * cols)
  })
  return { rows: texts.length, cols, data }
}

const evidenceOfAll = (
  prepared: Prepared,
  neighbours: NearExemplar[][],
  { inSpace, texts }: { inSpace: Matrix; texts: readonly (string | null)[] },
) => {
  const { parts, targets } = prepared
  const { routes, head, counts, blend, descriptions } = parts
  const n = routes.length
  const dots = product(inSpace, targets)
  const logits = takeCols(dots, 0, n)
  for (let at = 0; at < logits.data.length; at++) {
    logits.data[at] = (logits.data[at] as number) + (head.bias[at % n] as number)
  }
  return evidenceOf({
    neighbours,
    words: wordsOf(prepared, texts),
    logits,
    centroidCosines: takeCols(dots, n, 2 * n),
    descriptionCosines: descriptions && takeCols(dots, 2 * n, 3 * n),
    counts,
    none: nonePosition(routes),
    bandwidths: [blend.bandwidth],
  })
}

const scoreChunk = (
  prepared: Prepared,
  rows: Matrix,
  texts: readonly (string | null)[],
): BatchScores => {
  const { parts } = prepared
  const { routes, space, blend, descriptions, calibration, novelty } = parts
  const inSpace = rowsToSpace(space, rows)
  const found = searchAll(prepared, rows)
  const near = toNear(prepared, found, inSpace)
  const evidence = evidenceOfAll(prepared, near, { inSpace, texts })
  const prior = descriptions?.prior ?? null
  const mixed = mix(evidence, blend, { routes, none: nonePosition(routes), prior })
  return {
    rows: rows.rows,
    probabilities: mixed.log.data.map(Math.exp),
    confidences: Float64Array.from(near, (_, row) => confidenceOf(calibration, mixed, row)),
    novelties: Float64Array.from(mixed.signs, (signs) => noveltyOf(novelty, signs)),
    ...found,
  }
}

const stackScores = (parts: readonly BatchScores[]): BatchScores => {
  const joined = <T extends Float32Array | Float64Array | Int32Array>(
    make: (length: number) => T,
    arrays: readonly T[],
  ): T => {
    const out = make(arrays.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const array of arrays) {
      out.set(array, at)
      at += array.length
    }
    return out
  }
  const f32 = (length: number) => new Float32Array(length)
  const f64 = (length: number) => new Float64Array(length)
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    probabilities: joined(
      f32,
      parts.map(({ probabilities }) => probabilities),
    ),
    confidences: joined(
      f64,
      parts.map(({ confidences }) => confidences),
    ),
    novelties: joined(
      f64,
      parts.map(({ novelties }) => novelties),
    ),
    positions: joined(
      (length) => new Int32Array(length),
      parts.map(({ positions }) => positions),
    ),
    similarities: joined(
      f32,
      parts.map(({ similarities }) => similarities),
    ),
  }
}

const nothing = (rows: number): BatchScores => ({
  rows,
  probabilities: new Float32Array(0),
  confidences: new Float64Array(rows),
  novelties: new Float64Array(rows),
  positions: new Int32Array(0),
  similarities: new Float32Array(0),
})

/** Blocks its thread: 10,000 rows against 3,600 exemplars of 1,152 numbers are 5 s of CPU. Call it in a child process. */
export const createBatchRouter = (options: BatchRouterOptions): BatchRouter => {
  const { dimensions } = options.model
  const isEmpty = options.exemplars.length === 0 || options.model.routes.length === 0
  const prepared = isEmpty ? null : prepare(options)
  return {
    score: ({ vectors, texts }) => {
      if (prepared === null) return nothing(texts.length)
      const made: BatchScores[] = []
      for (let from = 0; from < texts.length; from += CHUNK) {
        const rows = Math.min(CHUNK, texts.length - from)
        const data = vectors.subarray(from * dimensions, (from + rows) * dimensions)
        const chunk = { rows, cols: dimensions, data }
        made.push(scoreChunk(prepared, chunk, texts.slice(from, from + rows)))
      }
      return stackScores(made)
    },
  }
}
