// What the words of a prompt decide alone, where the encoder is too late or down: their best route, how sure they are of it,
// and from which confidence on they may be taken. Fitted out of fold at a rebuild, like everything that is calibrated.
import { type Matrix, topTwo } from '../linear/matrix.ts'
import type { Classification } from '../types.ts'
import { fitLogistic, type Logistic, logisticAt } from './logistic.ts'

export interface WordsAlone {
  /** Calibrated probability that the words' best route is right. */
  calibration: Logistic
  /** Least confidence that decides. */
  limit: number
  /** Share of the rows above it where the full decision gives the same route, and share of all rows that are above it. */
  agreement: number
  share: number
}

/** What words decide agrees with the full decision at least so often. */
const LEAST_AGREEMENT = 0.9
/** An agreement over fewer rows is chance. */
const LEAST_ROWS = 50
const RIDGE = 25
const FEATURES = 2
const MAX_MARGIN = 12

/** Log odds of the best route, and its lead over the next. */
const featuresOf = (log: Matrix, row: number): number[] => {
  const [best, next] = topTwo(log, row)
  const from = row * log.cols
  const bestLog = log.data[from + best] as number
  const nextLog = next < 0 ? -20 : (log.data[from + next] as number)
  const p = Math.min(1 - 1e-6, Math.exp(bestLog))
  return [Math.log(p / (1 - p)), Math.min(MAX_MARGIN, bestLog - nextLog)]
}

const confidenceOf = (calibration: Logistic, log: Matrix, row: number): number => {
  const features = featuresOf(log, row)
  return logisticAt(calibration, features, features[0])
}

interface Ranked {
  confidence: number
  isSame: boolean
}

/** The lowest limit above which rows agree often enough; null where there is none. */
const limitOf = (ranked: readonly Ranked[]): Omit<WordsAlone, 'calibration' | 'share'> | null => {
  let [same, found] = [0, null as Omit<WordsAlone, 'calibration' | 'share'> | null]
  ranked.forEach(({ confidence, isSame }, i) => {
    if (isSame) same++
    const isTied = ranked[i + 1]?.confidence === confidence
    if (i + 1 < LEAST_ROWS || isTied || same / (i + 1) < LEAST_AGREEMENT) return
    found = { limit: confidence, agreement: same / (i + 1) }
  })
  return found
}

export interface WordsAloneInput {
  /** The words' log-probabilities of rows that they were not fitted on. */
  log: Matrix
  labels: Int32Array
  /** Route that the full decision gives each row. */
  full: ArrayLike<number>
  /** Position of `none`, or −1: words never decide that a prompt belongs nowhere. */
  none: number
}

/** Null where words agree too rarely with the full decision. */
export const fitWordsAlone = ({ log, labels, full, none }: WordsAloneInput): WordsAlone | null => {
  const features = Array.from(labels, (_, i) => featuresOf(log, i))
  const tops = features.map((_, i) => topTwo(log, i)[0])
  const calibration = fitLogistic({
    x: { rows: labels.length, cols: FEATURES, data: Float32Array.from(features.flat()) },
    right: Uint8Array.from(labels, (label, i) => (tops[i] === label ? 1 : 0)),
    ridge: RIDGE,
    offset: Float32Array.from(features, ([odds]) => odds as number),
  })
  const ranked = tops
    .flatMap((top, i) =>
      top === none
        ? []
        : [{ confidence: confidenceOf(calibration, log, i), isSame: top === full[i] }],
    )
    .sort((a, b) => b.confidence - a.confidence)
  const found = limitOf(ranked)
  if (found === null) return null
  const above = ranked.filter(({ confidence }) => confidence >= found.limit).length
  return { calibration, ...found, share: above / Math.max(1, labels.length) }
}

/** What the words alone say of a prompt; null where they are not sure enough to decide. */
export const classifyByWords = (
  { calibration, limit }: WordsAlone,
  routes: readonly string[],
  { log, none }: { log: Matrix; none: number },
): Classification | null => {
  const [best] = topTwo(log, 0)
  const confidence = confidenceOf(calibration, log, 0)
  if (best === none || confidence < limit) return null
  const scores = routes
    .map((route, r) => ({ route, score: Math.exp(log.data[r] as number) }))
    .sort((a, b) => b.score - a.score)
  const margin = (scores[0]?.score ?? 0) - (scores[1]?.score ?? 0)
  const unknown = { neighbours: [], novelty: 0, noveltyLimit: Number.POSITIVE_INFINITY }
  return { scores, confidence, margin, ...unknown }
}
