// The training set of a fit in the feature space, and the two heads on all of it. Both are fitted when they are first asked for: ahead of
// everything else where another thread scores the folds meanwhile.
import { gather, indicesWhere, type Matrix, sharedFloats, takeRows } from '../linear/matrix.ts'
import type { TrainingSet } from './classifier.ts'
import { type DenseHead, fitDenseHead } from './dense-head.ts'
import { routeCentroids } from './evidence.ts'
import { type FeatureSpace, fitFeatureSpace, rowsToSpace } from './feature-space.ts'
import { type Grams, packedGrams } from './lexical.ts'
import { areWordsTried } from './out-of-fold.ts'
import { type TrainingRows, toTrainingRows } from './training-rows.ts'
import { fitWordHead, type WordHead } from './word-head.ts'

/** Exemplars, copies and anchors, with the feature space fitted on the exemplars alone. */
export interface PreparedFit {
  set: TrainingRows
  /** Number of exemplars. */
  exemplars: number
  space: FeatureSpace
  /** Every row of `set` in that space. */
  inSpace: Matrix
  /** Unit mean of each route's anchors; null where anchors only train the head. */
  descriptions: Matrix | null
  /** N-grams of every row's text, computed once for all folds; null where no word head is tried. */
  grams: readonly Grams[] | null
  /** The heads on all rows. */
  head: () => DenseHead
  words: () => WordHead | null
}

const remembered = <T>(make: () => T): (() => T) => {
  let kept: { value: T } | null = null
  return () => {
    kept ??= { value: make() }
    return kept.value
  }
}

const descriptionsOf = (set: TrainingRows, inSpace: Matrix): Matrix | null => {
  const anchors = indicesWhere(set.rows.rows, (i) => set.origins[i] === -1)
  return anchors.length > 0
    ? routeCentroids(takeRows(inSpace, anchors), gather(set.labels, anchors), set.routes.length)
    : null
}

export const prepareFit = (
  training: TrainingSet,
  { seed, trustDescriptions }: { seed: number; trustDescriptions: boolean },
): PreparedFit => {
  const set = toTrainingRows(training)
  const own = indicesWhere(set.rows.rows, (i) => set.origins[i] === i)
  const routes = set.routes.length
  const space = fitFeatureSpace(takeRows(set.rows, own), gather(set.labels, own), {
    routes,
    split: set.split,
  })
  const inSpace = rowsToSpace(space, set.rows, sharedFloats(set.rows.data.length))
  const grams = areWordsTried(set) ? packedGrams(set.texts) : null
  return {
    ...{ set, space, inSpace, grams, exemplars: own.length },
    descriptions: trustDescriptions ? descriptionsOf(set, inSpace) : null,
    head: remembered(() => fitDenseHead(inSpace, set.labels, routes, seed)),
    words: remembered(() => grams && fitWordHead(grams, set.labels, routes, seed)),
  }
}
