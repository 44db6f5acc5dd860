// Classifies embedded rows by a generation, or by a classifier fitted in memory, as the pipeline classifies prompts.
import type { Classifier } from '../../core/classifier/classifier.ts'
import type { EvaluationRow } from '../../core/classifier/evaluate.ts'
import { plainKnnRoute } from '../../core/classifier/plain-knn.ts'
import { decideRoute } from '../../core/decide/decide-route.ts'
import type { VectorIndex } from '../../vector-index/vector-index.ts'

/** Everything that a decision depends on except the prompt. */
export interface Router {
  index: VectorIndex
  /** Id and route of the exemplar at each position of the index. */
  exemplars: readonly { id: string; route: string }[]
  /** Whole rows of the exemplars. */
  vectors: Float32Array
  classifier: Classifier
  /** Least confidence per route. */
  thresholds: Record<string, number>
  /** Routes that may be taken. */
  routes: ReadonlySet<string>
  /** k: neighbours fetched per row. */
  neighbours: number
}

export interface LabelledVector {
  label: string
  /** Routing text. */
  text: string
  vector: Float32Array
  /** False where the text has nothing to classify. */
  hasSignal: boolean
}

export interface PredictedRow extends EvaluationRow {
  /** Score of every trained route. */
  scores: Record<string, number>
  /** Novelty: higher is less similar to the training data. Infinite where nothing was classified. */
  novelty: number
  /** Of the neighbours, best first. */
  similarities: number[]
  /** Route by plain ten-nearest-neighbours, for comparison; null where nothing was classified. */
  knnRoute: string | null
}

const wholeRow = ({ vectors, exemplars }: Router, position: number): Float32Array => {
  const dimensions = vectors.length / exemplars.length
  return vectors.subarray(position * dimensions, (position + 1) * dimensions)
}

/** Route and confidence of one row. `route` is null where it abstained or `none` won. */
export const predict = (row: LabelledVector, router: Router): PredictedRow => {
  if (!row.hasSignal) {
    const nothing = {
      top: null,
      route: null,
      confidence: 0,
      scores: {},
      knnRoute: null,
      similarities: [],
    }
    return { label: row.label, ...nothing, novelty: Number.POSITIVE_INFINITY }
  }
  const hits = router.index.search(row.vector, router.neighbours)
  const neighbours = hits.flatMap(({ position, similarity }) => {
    const exemplar = router.exemplars[position]
    return exemplar ? [{ exemplarId: exemplar.id, route: exemplar.route, similarity }] : []
  })
  const classification = router.classifier.classify({
    text: row.text,
    embedding: row.vector,
    neighbourRows: hits.map(({ position }) => wholeRow(router, position)),
    neighbours,
  })
  const { thresholds, routes } = router
  const choice = decideRoute({ classification, thresholds, defaultRoute: '', routes })
  return {
    label: row.label,
    top: classification.scores[0]?.route ?? null,
    route: choice.reason === 'matched' ? choice.route : null,
    confidence: classification.confidence,
    scores: Object.fromEntries(classification.scores.map(({ route, score }) => [route, score])),
    novelty: classification.novelty,
    similarities: neighbours.map(({ similarity }) => similarity),
    knnRoute: plainKnnRoute(neighbours),
  }
}
