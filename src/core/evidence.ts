// What the exemplars themselves say for each route: the nearest ones, and the middle of all of them.
import type { Neighbour } from './types.ts'
import { dot } from './vectors.ts'

/** Neighbours of one route that count, so that a route with many exemplars does not win by number. */
const VOTES_PER_ROUTE = 3
const SOFTNESS = 0.05

export interface Evidence {
  /** Soft maximum of the similarities of each route's nearest exemplars, `routes.length` numbers. */
  nearest: Float32Array
  /** Cosine to each route's centroid, `routes.length` numbers. */
  centroid: Float32Array
}

/**
 * Soft maximum of the best similarities per route, 0.05 · ln(mean exp(s / 0.05)): nearer to the best one than the mean
 * is, since one exemplar that is really near says more than two that are not (BANKING77 10-shot: 82.1 % against 81.3 %).
 * A route that the neighbours leave short gets the last neighbour's similarity for each missing vote: it is known to
 * have nothing nearer than that.
 */
export const nearestEvidence = (
  neighbours: readonly Pick<Neighbour, 'route' | 'similarity'>[],
  routes: readonly string[],
  counts: ArrayLike<number>,
): Float32Array => {
  const position = new Map(routes.map((route, i) => [route, i]))
  const sums = new Float64Array(routes.length)
  const votes = new Uint8Array(routes.length)
  for (const { route, similarity } of neighbours) {
    const i = position.get(route)
    if (i === undefined || (votes[i] as number) >= VOTES_PER_ROUTE) continue
    sums[i] = (sums[i] as number) + Math.exp(similarity / SOFTNESS)
    votes[i] = (votes[i] as number) + 1
  }
  const floor = Math.exp((neighbours.at(-1)?.similarity ?? 0) / SOFTNESS)
  return Float32Array.from(sums, (sum, i) => {
    const wanted = Math.max(1, Math.min(VOTES_PER_ROUTE, counts[i] as number))
    const missing = Math.max(0, wanted - (votes[i] as number))
    return SOFTNESS * Math.log((sum + missing * floor) / wanted)
  })
}

/** Cosine of the embedding to each row of `centroids` (`routes × dimensions`). */
export const centroidEvidence = (
  embedding: Float32Array,
  centroids: Float32Array,
): Float32Array => {
  const dimensions = embedding.length
  const out = new Float32Array(centroids.length / dimensions)
  for (let i = 0; i < out.length; i++) {
    out[i] = dot(embedding, 0, centroids, i * dimensions, dimensions)
  }
  return out
}

/** Weighted evidence per route, the logits of a softmax. */
export const blend = (evidence: Evidence, nearestWeight: number): Float32Array =>
  evidence.nearest.map(
    (near, i) => nearestWeight * near + (1 - nearestWeight) * (evidence.centroid[i] as number),
  )
