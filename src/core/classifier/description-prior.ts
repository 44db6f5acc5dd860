// A prior from the routes' names and descriptions. Routes trained on one data source learn the source as much as the task, so the
// less similar the nearest exemplar is, the more the descriptions weigh.

import { addScaled, logSoftmax, type Matrix, rowOf } from '../linear/matrix.ts'
import type { Evidence } from './evidence.ts'

/** Similarity of the nearest exemplar at which the descriptions have all the weight (`low`) and none (`high`). */
export interface DescriptionPrior {
  readonly low: number
  readonly high: number
}

/** Quantiles of that similarity over unseen exemplars. */
const LOW = 0.1
const HIGH = 0.6
/** Weight of the centroids beside the descriptions: they come from the source that the prompt is unlike. */
const CENTROID_SHARE = 0.5

/** @param nearest similarity of the nearest exemplar, of rows that were held out */
export const fitDescriptionPrior = (nearest: Float32Array): DescriptionPrior => {
  const sorted = nearest.slice().sort()
  const at = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? 0
  return { low: at(LOW), high: at(HIGH) }
}

/** Weight of the descriptions, 0 to 1. */
const shareAt = ({ low, high }: DescriptionPrior, similarity: number): number =>
  Math.min(1, Math.max(0, (high - similarity) / Math.max(1e-6, high - low)))

/** Log-probabilities with those by the descriptions mixed in: the less similar the nearest exemplar, the more. */
export const withDescriptions = (
  log: Matrix,
  { centroid, described, nearest }: Evidence,
  prior: DescriptionPrior,
): Matrix => {
  if (described === null) return log
  const guide = logSoftmax(addScaled(described, logSoftmax(centroid, CENTROID_SHARE), 1))
  const data = new Float32Array(log.data.length)
  for (let i = 0; i < log.rows; i++) {
    const share = shareAt(prior, nearest[i] as number)
    const said = rowOf(guide, i)
    rowOf(log, i).forEach((value, r) => {
      data[i * log.cols + r] = (1 - share) * value + share * (said[r] as number)
    })
  }
  return logSoftmax({ rows: log.rows, cols: log.cols, data })
}
