// Out-of-fold evidence (cross-validation): each exemplar scored by parts that were fitted without it. Blend, calibration and
// thresholds are chosen on it, so that held-out prompts stay untouched for the gate.

import { gather, indicesWhere, type Matrix, takeRows } from '../linear/matrix.ts'
import { product } from '../linear/simd/product.ts'
import { createRandom } from '../statistics/random.ts'
import { fitDenseHead } from './dense-head.ts'
import { type Evidence, evidenceOf, headAndCentroids, routeCentroids } from './evidence.ts'
import { stratifiedFolds } from './folds.ts'
import type { Grams } from './lexical.ts'
import { type Exemplars, nearestExemplars } from './nearest.ts'
import { firstColumns, type TrainingRows } from './training-rows.ts'
import { fitWordHead, wordLogits } from './word-head.ts'

/** Up to this many exemplars all are scored out of fold; beyond, half of them, or one sixth where that would take minutes. */
const FULL_ROWS = 4_000
const FOLDS = 4
const HELD_FOLDS = 6
const HALF = HELD_FOLDS / 2
/** Up to this many `none` exemplars half are held out: one sixth of them would be too few to fit the detector on. */
const FEW_NONE = 600
/**
 * Rows × routes up to which a word head is tried. Larger sets have many fine intents, where it gains nothing and costs minutes;
 * the shipped routes with ten thousand exemplars are below it.
 */
const WORD_WORK = 160_000

/** Evidence, and the rows of the training set that it belongs to. */
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

/** What of a training set the folds are fitted on, beside its rows in the feature space. */
interface FoldRows extends Pick<TrainingRows, 'labels' | 'origins' | 'routes' | 'none'> {
  /** Sentence embedding of each row. */
  embeddings: Matrix
}

const isExemplar = ({ origins }: Pick<TrainingRows, 'origins'>, i: number): boolean =>
  origins[i] === i

const holdHalfOfNone = (set: TrainingRows, fold: Int32Array): void => {
  const none = indicesWhere(fold.length, (i) => set.labels[i] === set.none)
  if (set.none < 0 || none.length > FEW_NONE) return
  for (const i of none) {
    const origin = set.origins[i] as number
    if (origin >= 0) fold[i] = origin % 2
  }
}

type Score = (rows: Int32Array) => Scored

const pick = <T>(values: readonly T[], rows: Int32Array): T[] =>
  Array.from(rows, (i) => values[i] as T)

/** The exemplars that a fold was fitted on, as neighbours of the rows that it holds out. */
const seenExemplars = (set: FoldRows, space: Matrix, chosen: Int32Array) => {
  const labels = gather(set.labels, chosen)
  const counts = new Float32Array(set.routes.length)
  for (const label of labels) counts[label] = (counts[label] as number) + 1
  const exemplars: Exemplars = {
    embeddings: takeRows(set.embeddings, chosen),
    rows: takeRows(space, chosen),
    labels,
    routes: set.routes,
  }
  return { counts, exemplars }
}

interface FoldOptions {
  isSeen: (i: number) => boolean
  seed: number
  /** Unit mean of each route's descriptions, which are never held out; null where they are not used. */
  descriptions: Matrix | null
  /** N-grams of every row's text; null where no word head is tried. */
  grams: readonly Grams[] | null
}

/** Fits every part on the rows where `isSeen` holds. @returns a function that scores other rows by them */
const fitOn = (
  set: FoldRows,
  space: Matrix,
  { isSeen, seed, descriptions, grams }: FoldOptions,
): Score => {
  const n = set.routes.length
  const seen = indicesWhere(space.rows, isSeen)
  const seenRows = takeRows(space, seen)
  const seenLabels = gather(set.labels, seen)
  const head = fitDenseHead(seenRows, seenLabels, n, seed)
  const centroids = routeCentroids(seenRows, seenLabels, n)
  const words = grams && fitWordHead(pick(grams, seen), seenLabels, n, seed)
  const own = seen.filter((i) => isExemplar(set, i))
  const { counts, exemplars } = seenExemplars(set, space, own)
  return (rows) => {
    const asked = takeRows(space, rows)
    const evidence = evidenceOf({
      ...headAndCentroids(head, centroids, asked),
      neighbours: nearestExemplars(
        { rows: asked, embeddings: takeRows(set.embeddings, rows) },
        exemplars,
      ),
      words: grams && words && wordLogits(words, pick(grams, rows)),
      descriptionCosines: descriptions && product(asked, descriptions),
      counts,
      none: set.none,
    })
    return { evidence, rows }
  }
}

/** Number of folds, and how many of them are scored. */
const foldCounts = (set: TrainingRows): { folds: number; scored: number } => {
  const exemplars = indicesWhere(set.rows.rows, (i) => isExemplar(set, i)).length
  if (exemplars <= FULL_ROWS) return { folds: FOLDS, scored: FOLDS }
  return { folds: HELD_FOLDS, scored: areWordsTried(set) ? HALF : 1 }
}

/** What the folds of a fit are scored from: plain values, which another thread may be given. */
export interface FoldPlan extends Omit<FoldOptions, 'isSeen'> {
  set: FoldRows
  /** Every row of the set in the feature space. */
  space: Matrix
  /** Fold of each row. */
  fold: Int32Array
  /** Folds below this are scored. */
  scored: number
}

/** @param space every row of the set in the feature space */
export const planFolds = (
  set: TrainingRows,
  space: Matrix,
  parts: Omit<FoldOptions, 'isSeen'>,
): FoldPlan => {
  const { folds, scored } = foldCounts(set)
  const fold = stratifiedFolds(set.labels, set.origins, folds, createRandom(parts.seed))
  if (scored === 1) holdHalfOfNone(set, fold)
  const { labels, origins, routes, none, rows, split } = set
  const embeddings = firstColumns(rows, split)
  return { set: { labels, origins, routes, none, embeddings }, space, fold, scored, ...parts }
}

/** One fold of an out-of-fold evidence: its exemplars, and their copies. */
export interface ScoredFold {
  exemplars: Scored
  copies: Scored
}

/** Scores the rows of one fold by parts that were fitted on the others. Folds do not depend on each other. */
export const scoreFold = ({ set, space, fold, seed, ...plan }: FoldPlan, f: number): ScoredFold => {
  const isSeen = (i: number): boolean => fold[i] !== f
  const score = fitOn(set, space, { ...plan, isSeen, seed: seed + f })
  const held = indicesWhere(space.rows, (i) => fold[i] === f)
  return {
    exemplars: score(held.filter((i) => isExemplar(set, i))),
    copies: score(held.filter((i) => !isExemplar(set, i))),
  }
}

/** Scores every fold of the plan, one after the other. */
export const scoreFolds = (plan: FoldPlan): OutOfFold =>
  joinFolds(Array.from({ length: plan.scored }, (_, f) => scoreFold(plan, f)))

export const joinFolds = (folds: readonly ScoredFold[]): OutOfFold => ({
  exemplars: folds.map(({ exemplars }) => exemplars),
  copies: folds.map(({ copies }) => copies),
})
