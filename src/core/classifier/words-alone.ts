// The fallback where the encoder is late or down: classification by the word head alone, with a calibrated confidence and a limit
// from which on it may decide. Fitted out of fold at a rebuild.

import { type Matrix, topTwo } from '../linear/matrix.ts'
import { logOdds } from '../statistics/odds.ts'
import type { Classification } from '../types.ts'
import { agreementLimit } from './agreement-limit.ts'
import { fitLogistic, type Logistic, logisticAt } from './logistic.ts'
import type { WordsFirst } from './words-first.ts'

export interface WordsAlone {
  /** Calibrated probability that the words' best route is right. */
  calibration: Logistic
  /** Least confidence that decides. */
  limit: number
  /** Share of the rows above the limit where the full classifier has the same best route, and share of all rows above it. */
  agreement: number
  share: number
  /** When the words may decide although the encoder could be asked; null: never. */
  first: WordsFirst | null
}

/** Least share of agreement with the full classifier. */
const LEAST_AGREEMENT = 0.9
/** Least number of rows to measure agreement over. */
const LEAST_ROWS = 50
const RIDGE = 25
const FEATURES = 2
const MAX_MARGIN = 12

/** Log odds of the best route, and its margin over the next. */
const featuresOf = (log: Matrix, row: number): number[] => {
  const [best, next] = topTwo(log, row)
  const from = row * log.cols
  const bestLog = log.data[from + best] as number
  const nextLog = next < 0 ? -20 : (log.data[from + next] as number)
  return [logOdds(Math.exp(bestLog)), Math.min(MAX_MARGIN, bestLog - nextLog)]
}

/** Calibrated probability that the best route of a row is right. */
export const wordsConfidence = (calibration: Logistic, log: Matrix, row: number): number => {
  const features = featuresOf(log, row)
  return logisticAt(calibration, features, features[0])
}

const isEnough = (same: number, all: number): boolean =>
  all >= LEAST_ROWS && same / all >= LEAST_AGREEMENT

export interface WordsAloneInput {
  /** The word head's log-probabilities of rows that it was not fitted on. */
  log: Matrix
  labels: Int32Array
  /** Best route of each row by the full classifier. */
  full: ArrayLike<number>
  /** Position of `none`, or −1: the word head alone never decides for `none`. */
  none: number
}

/** Null where the word head agrees too rarely with the full classifier. */
export const fitWordsAlone = ({ log, labels, full, none }: WordsAloneInput): WordsAlone | null => {
  const features = Array.from(labels, (_, i) => featuresOf(log, i))
  const tops = features.map((_, i) => topTwo(log, i)[0])
  const calibration = fitLogistic({
    x: { rows: labels.length, cols: FEATURES, data: Float32Array.from(features.flat()) },
    right: Uint8Array.from(labels, (label, i) => (tops[i] === label ? 1 : 0)),
    ridge: RIDGE,
    offset: Float32Array.from(features, ([odds]) => odds as number),
  })
  const compared = tops.flatMap((top, i) =>
    top === none
      ? []
      : [{ confidence: wordsConfidence(calibration, log, i), isSame: top === full[i] }],
  )
  const found = agreementLimit(compared, isEnough)
  if (found === null) return null
  const { limit, agreement, above } = found
  return { calibration, limit, agreement, share: above / Math.max(1, labels.length), first: null }
}

/** The classification by the word head alone; null where it is not confident enough to decide. */
export const classifyByWords = (
  { calibration, limit }: WordsAlone,
  routes: readonly string[],
  { log, none }: { log: Matrix; none: number },
): Classification | null => {
  const [best] = topTwo(log, 0)
  const confidence = wordsConfidence(calibration, log, 0)
  if (best === none || confidence < limit) return null
  const scores = routes
    .map((route, r) => ({ route, score: Math.exp(log.data[r] as number) }))
    .sort((a, b) => b.score - a.score)
  const margin = (scores[0]?.score ?? 0) - (scores[1]?.score ?? 0)
  const unknown = { neighbours: [], novelty: 0, noveltyLimit: Number.POSITIVE_INFINITY }
  return { scores, confidence, margin, ...unknown }
}
