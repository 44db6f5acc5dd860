// Audits the training rows: labels that a classifier doubts, and texts that are labelled with two routes.
import type { TrainingSet } from '../../core/classifier/classifier.ts'
import { CONFLICT } from '../../training/exemplars/check-addition.ts'
import type { VectorIndex } from '../../vector-index/vector-index.ts'
import { type Suspect, suspectLabels, type UnseenPrediction } from './label-noise.ts'
import { type NearDuplicate, nearDuplicates } from './near-duplicates.ts'

export interface TrainingRows {
  /** As they stand in the file; `set.texts` are the routing texts made of them. */
  texts: readonly string[]
  /** Routes are `none` for negative exemplars. */
  set: TrainingSet
  /** Holds these rows, at the same positions. */
  index: VectorIndex
}

export interface AuditReport {
  rows: number
  /** Rows that get another route than their label when unseen, and those that are likely mislabelled. */
  disagreements: number
  likelyWrong: number
  /** The worst, with their texts. */
  suspects: (Suspect & { text: string })[]
  /** Pairs across routes in all, and the nearest of them. */
  duplicatePairs: number
  duplicates: (NearDuplicate & { texts: [string, string] })[]
  /** Least cosine of a pair. */
  duplicatesFrom: number
}

const NEAREST = 10
const SHOWN = 25

/** @param unseen out-of-fold predictions of these rows */
export const auditTraining = (
  training: TrainingRows,
  unseen: readonly UnseenPrediction[],
): AuditReport => {
  const { texts, set, index } = training
  const { routes, vectors, dimensions } = set
  const pairs = nearDuplicates({
    routes,
    from: CONFLICT,
    neighboursOf: (row) =>
      index.search(vectors.subarray(row * dimensions, (row + 1) * dimensions), NEAREST),
  })
  const suspects = suspectLabels(unseen, routes)
  const textOf = (row: number) => texts[row] ?? ''
  return {
    rows: texts.length,
    disagreements: suspects.length,
    likelyWrong: suspects.filter(({ isLikelyWrong }) => isLikelyWrong).length,
    suspects: suspects.slice(0, SHOWN).map((s) => ({ ...s, text: textOf(s.row) })),
    duplicatePairs: pairs.length,
    duplicates: pairs.slice(0, SHOWN).map((pair) => ({
      ...pair,
      texts: [textOf(pair.rows[0]), textOf(pair.rows[1])],
    })),
    duplicatesFrom: CONFLICT,
  }
}
