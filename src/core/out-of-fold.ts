// Evidence for exemplars by parts that were fitted without them: what blend, calibration, thresholds and the flip rate are
// chosen and measured on, so that no held-out prompt is used up.
import { fitDenseHead } from './dense-head.ts'
import { type Evidence, evidenceOf, headAndCentres, routeCentres } from './evidence.ts'
import { stratifiedFolds } from './folds.ts'
import { gather, indicesWhere, type Matrix, takeRows } from './matrix.ts'
import { nearestExemplars } from './nearest.ts'
import { createRandom } from './random.ts'
import { firstColumns, type TrainingRows } from './training-rows.ts'
import { fitWordHead, wordLogits } from './word-head.ts'

/** Up to so many exemplars each is scored out of fold; beyond, one held-out sixth serves. */
const FULL_ROWS = 4_000
const FOLDS = 4
const HELD_FOLDS = 6
/** One sixth of few `none` exemplars would be too few to fit their detector on: it gets every other one. */
const FEW_NONE = 600
/** Rows × routes up to which words are tried. Beyond are many fine intents, where they gain nothing and cost minutes. */
const WORD_WORK = 100_000

/** Evidence and the rows of the training set that it is of. */
export interface Scored {
  evidence: Evidence
  rows: Int32Array
}

export interface OutOfFold {
  exemplars: Scored[]
  /** Perturbed copies of those exemplars, scored by the same parts. */
  copies: Scored[]
}

export const areWordsTried = (set: TrainingRows): boolean =>
  set.rows.rows * set.routes.length <= WORD_WORK

const holdHalfOfNone = (set: TrainingRows, fold: Int32Array): void => {
  const none = indicesWhere(fold.length, (i) => set.labels[i] === set.none)
  if (set.none < 0 || none.length > FEW_NONE) return
  for (const i of none) {
    const origin = set.origins[i] as number
    if (origin >= 0) fold[i] = origin % 2
  }
}

const scoreFold = (
  set: TrainingRows,
  space: Matrix,
  { fold, seed }: { fold: (i: number) => boolean; seed: number },
): OutOfFold => {
  const n = set.routes.length
  const isExemplar = (i: number): boolean => set.origins[i] === i
  const seen = indicesWhere(space.rows, (i) => !fold(i))
  const seenExemplars = indicesWhere(space.rows, (i) => !fold(i) && isExemplar(i))
  const seenRows = takeRows(space, seen)
  const seenLabels = gather(set.labels, seen)
  const head = fitDenseHead(seenRows, seenLabels, n, seed)
  const centres = routeCentres(seenRows, seenLabels, n)
  const textsOf = (rows: Int32Array): string[] => Array.from(rows, (i) => set.texts[i] as string)
  const words = areWordsTried(set) ? fitWordHead(textsOf(seen), seenLabels, n, seed) : null
  const embeddings = firstColumns(set.rows, set.split)
  const counts = new Float32Array(n)
  for (const i of seenExemplars) {
    const label = set.labels[i] as number
    counts[label] = (counts[label] as number) + 1
  }
  const exemplars = {
    embeddings: takeRows(embeddings, seenExemplars),
    rows: takeRows(space, seenExemplars),
    labels: gather(set.labels, seenExemplars),
    routes: set.routes,
  }
  const score = (rows: Int32Array): Scored => {
    const asked = takeRows(space, rows)
    const neighbours = nearestExemplars(
      { rows: asked, embeddings: takeRows(embeddings, rows) },
      exemplars,
    )
    const evidence = evidenceOf({
      ...headAndCentres(head, centres, asked),
      neighbours,
      words: words && wordLogits(words, textsOf(rows)),
      counts,
      none: set.none,
    })
    return { evidence, rows }
  }
  return {
    exemplars: [score(indicesWhere(space.rows, (i) => fold(i) && isExemplar(i)))],
    copies: [score(indicesWhere(space.rows, (i) => fold(i) && !isExemplar(i)))],
  }
}

/** @param space every row of the set in the feature space */
export const scoreOutOfFold = (set: TrainingRows, space: Matrix, seed: number): OutOfFold => {
  const exemplarCount = indicesWhere(space.rows, (i) => set.origins[i] === i).length
  const isHuge = exemplarCount > FULL_ROWS
  const folds = isHuge ? HELD_FOLDS : FOLDS
  const fold = stratifiedFolds(set.labels, set.origins, folds, createRandom(seed))
  if (isHuge) holdHalfOfNone(set, fold)
  const all: OutOfFold = { exemplars: [], copies: [] }
  for (let f = 0; f < (isHuge ? 1 : folds); f++) {
    const one = scoreFold(set, space, { fold: (i) => fold[i] === f, seed: seed + f })
    all.exemplars.push(...one.exemplars)
    all.copies.push(...one.copies)
  }
  return all
}
