// Choices of a fit on out-of-fold rows: blend, calibration and novelty. Everything that a fit reports is measured on the same rows.

import { gather, type Matrix, stackRows, topTwo } from '../linear/matrix.ts'
import { type Blend, chooseBlend, type Parts } from './blend.ts'
import { type DescriptionPrior, fitDescriptionPrior } from './description-prior.ts'
import type { Evidence } from './evidence.ts'
import { fitLogistic, type Logistic } from './logistic.ts'
import {
  CONFIDENCE_FEATURES,
  confidenceFeatures,
  confidenceOf,
  type Mixed,
  mix,
} from './mix-evidence.ts'
import { fitNovelty, type Novelty, noveltyLimit, noveltyOf } from './novelty.ts'
import type { OutOfFold, Scored } from './out-of-fold.ts'
import type { FoldPrediction } from './thresholds.ts'
import type { TrainingRows } from './training-rows.ts'
import { fitWordsAlone, type WordsAlone, wordsConfidence } from './words-alone.ts'
import { fitWordsFirst } from './words-first.ts'

/** Ridge penalty: shrinks the calibration towards the blend's own probabilities. */
const CALIBRATION_RIDGE = 25

export interface Chosen {
  /** Rows of the training set that the choice was made on, and their labels. */
  rows: Int32Array
  labels: Int32Array
  blend: Blend
  /** Null where descriptions are not used. */
  prior: DescriptionPrior | null
  /** The word head's log-probabilities of those rows; null where it is not used. */
  words: Matrix | null
  /** Those rows under that blend. */
  mixed: Mixed
  calibration: Logistic
  novelty: Novelty
  limit: number
  /** When the word head may decide alone; null where it is not used, or agrees too rarely. */
  wordsAlone: WordsAlone | null
}

/** Joins the evidence of the folds. */
const joinEvidence = (scored: readonly Scored[]): Evidence => {
  const all = scored.map(({ evidence }) => evidence)
  const stacked = (pick: (e: Evidence) => Matrix): Matrix => stackRows(all.map(pick))
  const first = all[0] as Evidence
  return {
    logits: stacked((e) => e.logits),
    head: stacked((e) => e.head),
    centroid: stacked((e) => e.centroid),
    words: first.words ? stacked((e) => e.words as Matrix) : null,
    votes: first.votes.map(({ bandwidth }, i) => ({
      bandwidth,
      vote: stacked((e) => (e.votes[i] as Parts['votes'][number]).vote),
    })),
    nearness: Float32Array.from(all.flatMap((e) => [...e.nearness])),
    nearest: Float32Array.from(all.flatMap((e) => [...e.nearest])),
    described: first.described ? stacked((e) => e.described as Matrix) : null,
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

/** From which confidence on the word head decides like all parts together, if at all. */
const chooseWordsAlone = (
  { words }: Evidence,
  { blend, mixed, labels }: Pick<Chosen, 'blend' | 'mixed' | 'labels'>,
  none: number,
): WordsAlone | null => {
  if (!words || blend.words === 0) return null
  const full = Int32Array.from(labels, (_, i) => topTwo(mixed.log, i)[0])
  return fitWordsAlone({ log: words, labels, full, none })
}

/** @param novelShare share of in-scope prompts that may be rejected as too novel */
export const choose = (set: TrainingRows, unseen: OutOfFold, novelShare: number): Chosen => {
  const evidence = joinEvidence(unseen.exemplars)
  const rows = Int32Array.from(unseen.exemplars.flatMap(({ rows: r }) => [...r]))
  const labels = gather(set.labels, rows)
  const blend = chooseBlend(evidence, labels)
  const prior = evidence.described ? fitDescriptionPrior(evidence.nearest) : null
  const mixed = mix(evidence, blend, { ...set, prior })
  const calibration = fitCalibration(mixed, labels)
  const isNone = Array.from(labels, (label) => label === set.none)
  const novelty = fitNovelty(mixed.signs, isNone)
  const inside = mixed.signs.filter((_, i) => !isNone[i]).map((s) => noveltyOf(novelty, s))
  const limit = noveltyLimit(inside, novelShare)
  const wordsAlone = chooseWordsAlone(evidence, { blend, mixed, labels }, set.none)
  const { words } = evidence
  return { rows, labels, words, blend, prior, mixed, calibration, novelty, limit, wordsAlone }
}

/** The out-of-fold prediction of each row: best route, confidence, and whether it is right. */
export const foldPredictions = ({ labels, mixed, calibration }: Chosen): FoldPrediction[] =>
  Array.from(labels, (label, i) => {
    const top = topTwo(mixed.log, i)[0]
    return { top, confidence: confidenceOf(calibration, mixed, i), isRight: top === label }
  })

/** The words' choice, and when they may decide although the encoder could be asked, both by the thresholds of this fit. */
export const withWordsFirst = (
  { wordsAlone, words, mixed, novelty, limit }: Chosen,
  { routes, none }: TrainingRows,
  {
    predicted,
    thresholds,
  }: { predicted: readonly FoldPrediction[]; thresholds: Readonly<Record<string, number>> },
): WordsAlone | null => {
  if (!wordsAlone || !words) return null
  const taken = (top: number, confidence: number): number | null =>
    top !== none && confidence >= (thresholds[routes[top] as string] ?? 0) ? top : null
  const rows = predicted.map(({ top, confidence }, i) => {
    const isNovel = noveltyOf(novelty, mixed.signs[i] as Mixed['signs'][number]) > limit
    const byWords = wordsConfidence(wordsAlone.calibration, words, i)
    return {
      confidence: byWords,
      words: taken(topTwo(words, i)[0], byWords),
      full: isNovel ? null : taken(top, confidence),
    }
  })
  return { ...wordsAlone, first: fitWordsFirst(rows, wordsAlone.limit) }
}
