// Scores of many rows → a classification and a decision for each, equal to those of the serving path.
import { type DecideRouteInput, decideRoute, type RouteChoice } from '../decide/decide-route.ts'
import type { Classification, Neighbour } from '../types.ts'
import type { BatchRouterOptions, BatchScores } from './score-batch.ts'

/** What the positions and columns of `BatchScores` refer to. */
export interface BatchReading extends Pick<BatchRouterOptions, 'model' | 'exemplars'> {
  /** Neighbours kept in each classification; default: all that were fetched. */
  mostNeighbours?: number
}

/** One row of `scores` as `createClassifier` would give it with exact neighbours, but without `parts`. */
export const batchClassification = (
  scores: BatchScores,
  row: number,
  { model, exemplars, mostNeighbours = Number.POSITIVE_INFINITY }: BatchReading,
): Classification => {
  const { routes, parameters } = model
  const k = scores.positions.length / Math.max(1, scores.rows)
  const isSaid = scores.probabilities.length > 0
  const ranked = isSaid
    ? routes
        .map((route, r) => ({
          route,
          score: scores.probabilities[row * routes.length + r] as number,
        }))
        .sort((a, b) => b.score - a.score)
    : []
  return {
    scores: ranked,
    confidence: scores.confidences[row] as number,
    margin: (ranked[0]?.score ?? 0) - (ranked[1]?.score ?? 0),
    neighbours: Array.from({ length: Math.min(k, mostNeighbours) }, (_, n): Neighbour => {
      const { id, route } = exemplars[scores.positions[row * k + n] as number] as {
        id: string
        route: string
      }
      return { exemplarId: id, route, similarity: scores.similarities[row * k + n] as number }
    }),
    novelty: scores.novelties[row] as number,
    noveltyLimit: isSaid
      ? (parameters.noveltyLimit ?? Number.POSITIVE_INFINITY)
      : Number.POSITIVE_INFINITY,
  }
}

export interface BatchDecision {
  classification: Classification
  choice: RouteChoice
}

/** Decides each row by itself, with the effective thresholds. */
export const decideBatch = (
  scores: BatchScores,
  router: BatchReading,
  options: Omit<DecideRouteInput, 'classification'>,
): BatchDecision[] =>
  Array.from({ length: scores.rows }, (_, row) => {
    const classification = batchClassification(scores, row, router)
    return { classification, choice: decideRoute({ ...options, classification }) }
  })
