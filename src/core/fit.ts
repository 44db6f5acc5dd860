// A rebuild's fitting step, in the order of its lines: feature space → out-of-fold evidence → blend, confidence, novelty and
// thresholds chosen on it → every part once more on all exemplars. Deterministic under its seed.
import { chooseBlend, type Parts } from './blend.ts'
import type { FitReport, FittedClassifier, TrainingSet, UnseenRow } from './classifier.ts'
import { type ClassifierParts, toModel } from './classifier-codec.ts'
import { fitDenseHead } from './dense-head.ts'
import { type Evidence, routeCentres } from './evidence.ts'
import { fitFeatureSpace, rowsToSpace } from './feature-space.ts'
import { CONFIDENCE_FEATURES, confidenceFeatures, confidenceOf, type Mixed, mix } from './judge.ts'
import { fitLogistic, type Logistic } from './logistic.ts'
import { gather, indicesWhere, type Matrix, stackRows, takeRows, topTwo } from './matrix.ts'
import { fitNovelty, type Novelty, noveltyLimit, noveltyOf } from './novelty.ts'
import { areWordsTried, type OutOfFold, type Scored, scoreOutOfFold } from './out-of-fold.ts'
import { fitThresholds, type Judged } from './thresholds.ts'
import { type TrainingRows, toTrainingRows } from './training-rows.ts'
import { fitWordHead } from './word-head.ts'

export interface FitOptions {
  seed: number
  /** Highest tolerated share of prompts sent to a wrong route, and the chance that the bound fails. */
  risk?: number
  delta?: number
  /** Share of in-scope prompts that may be turned away as unlike every exemplar. */
  novelShare?: number
}

export const FIT_DEFAULTS = { risk: 0.1, delta: 0.1, novelShare: 0.01 }

/** Shrinks calibration towards leaving the blend's probabilities as they are. */
const CALIBRATION_RIDGE = 25

/** Evidence of the folds as one. */
const joinEvidence = (scored: readonly Scored[]): Evidence => {
  const all = scored.map(({ evidence }) => evidence)
  const stacked = (pick: (e: Evidence) => Matrix): Matrix => stackRows(all.map(pick))
  const first = all[0] as Evidence
  return {
    logits: stacked((e) => e.logits),
    head: stacked((e) => e.head),
    centre: stacked((e) => e.centre),
    words: first.words ? stacked((e) => e.words as Matrix) : null,
    votes: first.votes.map(({ bandwidth }, i) => ({
      bandwidth,
      vote: stacked((e) => (e.votes[i] as Parts['votes'][number]).vote),
    })),
    nearness: Float32Array.from(all.flatMap((e) => [...e.nearness])),
    neighbours: all.flatMap((e) => e.neighbours),
  }
}

const fitCalibration = (mixed: Mixed, labels: Int32Array): Logistic => {
  const x = Float32Array.from(mixed.signs.flatMap((_, i) => confidenceFeatures(mixed, i)))
  return fitLogistic({
    x: { rows: labels.length, cols: CONFIDENCE_FEATURES, data: x },
    right: Uint8Array.from(labels, (label, i) => (topTwo(mixed.log, i)[0] === label ? 1 : 0)),
    ridge: CALIBRATION_RIDGE,
    offset: x.filter((_, i) => i % CONFIDENCE_FEATURES === 0),
  })
}

/** Everything that is chosen out of fold. */
const choose = (set: TrainingRows, unseen: OutOfFold, novelShare: number) => {
  const evidence = joinEvidence(unseen.exemplars)
  const rows = Int32Array.from(unseen.exemplars.flatMap(({ rows: r }) => [...r]))
  const labels = gather(set.labels, rows)
  const blend = chooseBlend(evidence, labels)
  const mixed = mix(evidence, blend, set)
  const calibration = fitCalibration(mixed, labels)
  const isNone = Array.from(labels, (label) => label === set.none)
  const novelty = fitNovelty(mixed.signs, isNone)
  const inside = mixed.signs.filter((_, i) => !isNone[i]).map((s) => noveltyOf(novelty, s))
  return {
    rows,
    labels,
    blend,
    mixed,
    calibration,
    novelty,
    limit: noveltyLimit(inside, novelShare),
  }
}

type Chosen = ReturnType<typeof choose>

/** Where too few exemplars are left to hold any out, the parts are taken as they come. */
const LEAST_ROWS = 8

const judge = ({ labels, mixed, calibration }: Chosen): Judged[] =>
  Array.from(labels, (label, i) => {
    const top = topTwo(mixed.log, i)[0]
    return { top, confidence: confidenceOf(calibration, mixed, i), isRight: top === label }
  })

const unseenRows = (set: TrainingRows, chosen: Chosen, judged: Judged[]): UnseenRow[] =>
  Array.from(chosen.rows, (row, i) => ({
    row,
    route: set.routes[judged[i]?.top as number] as string,
    confidence: judged[i]?.confidence as number,
    ownProbability: Math.exp(
      chosen.mixed.log.data[i * chosen.mixed.log.cols + (chosen.labels[i] as number)] as number,
    ),
  }))

/** Expected calibration error over 15 bins of equal width (Guo et al. 2017). */
const calibrationErrorOf = (judged: readonly Judged[]): number => {
  const bins = Array.from({ length: 15 }, () => 0)
  for (const { confidence, isRight } of judged) {
    const bin = Math.min(14, Math.floor(confidence * 15))
    bins[bin] = (bins[bin] as number) + confidence - (isRight ? 1 : 0)
  }
  return bins.reduce((sum, gap) => sum + Math.abs(gap), 0) / Math.max(1, judged.length)
}

const flipRate = (set: TrainingRows, unseen: OutOfFold, chosen: Chosen): FitReport['flipRate'] => {
  const topOf = new Map(Array.from(chosen.rows, (row, i) => [row, topTwo(chosen.mixed.log, i)[0]]))
  const counts = new Map<string, { flips: number; rows: number }>()
  for (const { evidence, rows } of unseen.copies) {
    if (rows.length === 0) continue
    const { log } = mix(evidence, chosen.blend, set)
    rows.forEach((row, i) => {
      const before = topOf.get(set.origins[row] as number)
      if (before === undefined) return
      const route = set.routes[set.labels[row] as number] as string
      const count = counts.get(route) ?? { flips: 0, rows: 0 }
      count.rows++
      if (topTwo(log, i)[0] !== before) count.flips++
      counts.set(route, count)
    })
  }
  if (counts.size === 0) return null
  const all = [...counts.values()]
  const total = all.reduce((sum, { rows }) => sum + rows, 0)
  return {
    overall: all.reduce((sum, { flips }) => sum + flips, 0) / total,
    byRoute: Object.fromEntries([...counts].map(([route, c]) => [route, c.flips / c.rows])),
  }
}

const fitParts = (
  set: TrainingRows,
  space: Matrix,
  { seed, wordWeight }: { seed: number; wordWeight: number },
) => {
  const n = set.routes.length
  const needsWords = wordWeight > 0
  return {
    head: fitDenseHead(space, set.labels, n, seed),
    centres: routeCentres(space, set.labels, n),
    words: needsWords ? fitWordHead(set.texts, set.labels, n, seed) : null,
  }
}

const PLAIN_NOVELTY: Novelty = {
  energy: { mean: 0, sd: 1 },
  nearness: { mean: 0, sd: 1 },
  detector: null,
}

/** So few exemplars that none can be held out: a head, its neighbours and centroids at even weight, no thresholds. */
const withoutFolds = (
  set: TrainingRows,
): Omit<ClassifierParts, 'space' | 'head' | 'centres' | 'words'> => ({
  routes: set.routes,
  blend: {
    bandwidth: 0.1,
    vote: 1,
    centre: 0.5,
    words: areWordsTried(set) ? 0.25 : 0,
    sharpness: 1,
  },
  calibration: { bias: 0, weight: [], mean: [], sd: [] },
  novelty: PLAIN_NOVELTY,
  noveltyLimit: Number.POSITIVE_INFINITY,
  counts: set.counts,
})

/** Fits the classifier of a generation. Rows of `set` begin with unit-length embeddings. */
export const fitClassifier = (set: TrainingSet, options: FitOptions): FittedClassifier => {
  const { seed, risk, delta, novelShare } = { ...FIT_DEFAULTS, ...options }
  const rows = toTrainingRows(set)
  const own = indicesWhere(rows.rows.rows, (i) => rows.origins[i] === i)
  const space = fitFeatureSpace(takeRows(rows.rows, own), gather(rows.labels, own), {
    routes: rows.routes.length,
    split: rows.split,
  })
  const inSpace = rowsToSpace(space, rows.rows)
  const level = { risk, delta }
  const thresholdOptions = { routes: rows.routes, none: rows.none, level }
  const settings = {
    ...{ ...level, novelShare },
    copies: set.copies?.origins.length ?? 0,
    anchors: set.anchors?.routes.length ?? 0,
  }
  if (own.length < LEAST_ROWS) {
    const base = withoutFolds(rows)
    const parts = fitParts(rows, inSpace, { seed, wordWeight: base.blend.words })
    const { thresholds, basis } = fitThresholds([], thresholdOptions)
    const report = { rows: 0, accuracy: 0, calibrationError: 0, ...settings, thresholds: basis }
    return {
      model: toModel({ ...base, ...parts, space }, thresholds),
      unseen: [],
      report: { ...report, flipRate: null },
    }
  }
  const unseen = scoreOutOfFold(rows, inSpace, seed)
  const chosen = choose(rows, unseen, novelShare)
  const judged = judge(chosen)
  const parts = fitParts(rows, inSpace, { seed, wordWeight: chosen.blend.words })
  const { blend, calibration, novelty, limit } = chosen
  const { thresholds, basis } = fitThresholds(judged, thresholdOptions)
  return {
    model: toModel(
      {
        routes: rows.routes,
        ...{ space, ...parts, blend, calibration, novelty },
        noveltyLimit: limit,
        counts: rows.counts,
      },
      thresholds,
    ),
    unseen: unseenRows(rows, chosen, judged),
    report: {
      rows: judged.length,
      accuracy: judged.filter(({ isRight }) => isRight).length / judged.length,
      calibrationError: calibrationErrorOf(judged),
      ...settings,
      thresholds: basis,
      flipRate: flipRate(rows, unseen, chosen),
    },
  }
}
