// The outputs of the classifier's parts for a prompt, before they are blended. The same code for a rebuild's held-out rows and
// for the one row of a decision, so that what was calibrated is what serves.

import { logSoftmax, type Matrix, rowOf } from '../linear/matrix.ts'
import { product } from '../linear/simd/product.ts'
import { normaliseRow } from '../linear/vectors.ts'
import type { Neighbour } from '../types.ts'
import { BANDWIDTHS, type Parts } from './blend.ts'
import { type DenseHead, denseLogits } from './dense-head.ts'

/** An exemplar near the prompt; lists of them are sorted by `similarity`, best first. */
export interface NearExemplar extends Pick<Neighbour, 'route' | 'similarity'> {
  /** Position of its route among the trained ones. */
  label: number
  featureSimilarity: number
}

export interface Evidence extends Parts {
  /** Raw logits of the dense head, `[n × routes]`. */
  readonly logits: Matrix
  /** Mean similarity to the nearest exemplars that are not `none`, in the feature space. */
  readonly nearness: Float32Array
  /** Similarity to the very nearest of them. */
  readonly nearest: Float32Array
  /** Log-probabilities by the routes' descriptions; null where these are not used. */
  readonly described: Matrix | null
  readonly neighbours: readonly (readonly NearExemplar[])[]
}

/** Sharpness of cosines to centroids before their softmax. */
const CENTROID_SHARPNESS = 10
const NEAREST = 5
/** Least share of a route in the vote: no route is ruled out because none of its exemplars is near. */
const VOTE_FLOOR = 1e-4

/** Unit mean of each route's rows (Snell et al. 2017, without the learnt encoder); a route without rows is zero. */
export const routeCentroids = (rows: Matrix, labels: Int32Array, routes: number): Matrix => {
  const data = new Float32Array(routes * rows.cols)
  labels.forEach((label, i) => {
    const to = label * rows.cols
    const row = rowOf(rows, i)
    for (let k = 0; k < row.length; k++) {
      data[to + k] = (data[to + k] as number) + (row[k] as number)
    }
  })
  for (let r = 0; r < routes; r++) normaliseRow(data, r * rows.cols, rows.cols)
  return { rows: routes, cols: rows.cols, data }
}

/** Kernel vote: log of each route's mean of exp((featureSimilarity − 1) / bandwidth) over its exemplars among the neighbours. */
const kernelVote = (
  neighbours: readonly NearExemplar[],
  counts: ArrayLike<number>,
  bandwidth: number,
): number[] => {
  const shares = new Array<number>(counts.length).fill(0)
  const top = neighbours.reduce(
    (best, { featureSimilarity }) => Math.max(best, featureSimilarity),
    -1,
  )
  for (const { label, featureSimilarity } of neighbours) {
    const weight = Math.exp((featureSimilarity - top) / bandwidth)
    shares[label] = (shares[label] as number) + weight / Math.max(1, counts[label] as number)
  }
  const sum = shares.reduce((total, share) => total + share, 0) || 1
  return shares.map((share) => Math.log(share / sum + VOTE_FLOOR))
}

const nearnessOf = (neighbours: readonly NearExemplar[], none: number, count: number): number => {
  const values = neighbours
    .filter(({ label }) => label !== none)
    .map(({ featureSimilarity }) => featureSimilarity)
  const nearest = values.sort((a, b) => b - a).slice(0, count)
  return nearest.length > 0 ? nearest.reduce((sum, v) => sum + v, 0) / nearest.length : -1
}

export interface EvidenceInput {
  neighbours: readonly (readonly NearExemplar[])[]
  /** Logits of the word head, null where there is none. */
  words: Matrix | null
  /** `[n × routes]` logits and cosines to centroids. */
  logits: Matrix
  centroidCosines: Matrix
  /** Cosines to the means of the routes' descriptions, null where these are not used. */
  descriptionCosines: Matrix | null
  /** Number of exemplars of each route. */
  counts: ArrayLike<number>
  /** Position of `none`, or −1. */
  none: number
  bandwidths?: readonly number[]
}

export const evidenceOf = (input: EvidenceInput): Evidence => {
  const { neighbours, counts, none, logits } = input
  const routes = counts.length
  const votes = (input.bandwidths ?? BANDWIDTHS).map((bandwidth) => {
    const data = new Float32Array(neighbours.length * routes)
    neighbours.forEach((near, i) => {
      data.set(kernelVote(near, counts, bandwidth), i * routes)
    })
    return { bandwidth, vote: { rows: neighbours.length, cols: routes, data } }
  })
  return {
    logits,
    head: logSoftmax(logits),
    centroid: logSoftmax(input.centroidCosines, CENTROID_SHARPNESS),
    votes,
    words: input.words && logSoftmax(input.words),
    nearness: Float32Array.from(neighbours, (near) => nearnessOf(near, none, NEAREST)),
    nearest: Float32Array.from(neighbours, (near) => nearnessOf(near, none, 1)),
    described: input.descriptionCosines && logSoftmax(input.descriptionCosines, CENTROID_SHARPNESS),
    neighbours,
  }
}

/** The two parts that are products with every route's weights. */
export const headAndCentroids = (
  head: DenseHead,
  centroids: Matrix,
  rows: Matrix,
): { logits: Matrix; centroidCosines: Matrix } => ({
  logits: denseLogits(head, rows),
  centroidCosines: product(rows, centroids),
})
