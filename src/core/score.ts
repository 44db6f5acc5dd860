// Neighbours and centroids → one calibrated score per route. What is fitted here is fitted by fit.ts at a rebuild.
import type { Classifier, ClassifierModel } from './classifier.ts'
import type { Neighbour, RouteScore } from './types.ts'
import { dot, softmax } from './vectors.ts'

/** Neighbours of one route that count, so that a route with many exemplars does not win by number. */
export const VOTES_PER_ROUTE = 3

/** What of a route's evidence comes from neighbours; the rest comes from its centroid. */
export interface Evidence {
  /** Mean similarity of each route's nearest exemplars, `routes.length` numbers. */
  nearest: Float32Array
  /** Cosine to each route's centroid, `routes.length` numbers. */
  centroid: Float32Array
}

/**
 * Mean of the best similarities per route. A route that the neighbours leave short gets the last neighbour's
 * similarity for each missing vote: it is known to have nothing nearer than that.
 */
export const nearestEvidence = (
  neighbours: Pick<Neighbour, 'route' | 'similarity'>[],
  routes: string[],
  counts: ArrayLike<number>,
): Float32Array => {
  const position = new Map(routes.map((route, i) => [route, i]))
  const sums = new Float32Array(routes.length)
  const votes = new Uint8Array(routes.length)
  for (const { route, similarity } of neighbours) {
    const i = position.get(route)
    if (i === undefined || (votes[i] as number) >= VOTES_PER_ROUTE) continue
    sums[i] = (sums[i] as number) + similarity
    votes[i] = (votes[i] as number) + 1
  }
  const floor = neighbours.at(-1)?.similarity ?? 0
  return sums.map((sum, i) => {
    const wanted = Math.min(VOTES_PER_ROUTE, counts[i] as number)
    return (sum + Math.max(0, wanted - (votes[i] as number)) * floor) / Math.max(1, wanted)
  })
}

/** Cosine of the embedding to each row of `centroids` (`routes × dimensions`). */
export const centroidEvidence = (
  embedding: Float32Array,
  centroids: Float32Array,
): Float32Array => {
  const dimensions = embedding.length
  const out = new Float32Array(centroids.length / dimensions)
  for (let i = 0; i < out.length; i++)
    out[i] = dot(embedding, 0, centroids, i * dimensions, dimensions)
  return out
}

/** Weighted evidence per route, the logits of the softmax. */
export const blend = (evidence: Evidence, nearestWeight: number): Float32Array =>
  evidence.nearest.map(
    (near, i) => nearestWeight * near + (1 - nearestWeight) * (evidence.centroid[i] as number),
  )

const byScore = (a: RouteScore, b: RouteScore): number => b.score - a.score

/** Applies a fitted model. Scores are probabilities over all trained routes; confidence is the best one's. */
export const createClassifier = (model: ClassifierModel): Classifier => {
  const { routes, parameters, arrays } = model
  const centroids = arrays.centroids ?? new Float32Array(0)
  const counts = arrays.counts ?? new Float32Array(0)
  return {
    model,
    classify: (embedding, neighbours) => {
      if (routes.length === 0 || neighbours.length === 0) {
        return { scores: [], confidence: 0, margin: 0, neighbours }
      }
      const evidence = {
        nearest: nearestEvidence(neighbours, routes, counts),
        centroid: centroidEvidence(embedding, centroids),
      }
      const logits = blend(evidence, parameters.nearestWeight ?? 0.5)
      const probabilities = softmax(logits, parameters.temperature ?? 0.05)
      const scores = probabilities
        .map((score, i) => ({ route: routes[i] as string, score }))
        .sort(byScore)
      const best = scores[0]?.score ?? 0
      return { scores, confidence: best, margin: best - (scores[1]?.score ?? 0), neighbours }
    },
  }
}
