// When the words may decide before the encoder is asked: from which confidence on they decide as all parts together do, measured at a
// rebuild on exemplars that neither was fitted on. Used while the encoder is busy; see routing/classify.ts.
import { betaCdf } from '../statistics/beta.ts'
import { agreementLimit } from './agreement-limit.ts'

export interface WordsFirst {
  /** Least confidence of the words that decides. */
  limit: number
  /** Share of the rows above the limit that are decided as in full, and share of all rows above it. */
  agreement: number
  share: number
}

/** What the words and all parts together decide for one row that neither was fitted on. */
export interface WordsBeside {
  /** Calibrated probability that the words' best route is right. */
  confidence: number
  /** The words' route; null where they turn the prompt away. */
  words: number | null
  /** That of the full decision; null where it turns the prompt away. */
  full: number | null
}

/** The agreement is at least this with all but one chance in twenty (the exact bound of Clopper and Pearson). */
const LEAST_AGREEMENT = 0.96
const CHANCE = 0.05
/** A smaller share saves too little. */
const LEAST_SHARE = 0.1

const isEnough = (same: number, all: number): boolean =>
  same > 0 && betaCdf(LEAST_AGREEMENT, same, all - same + 1) <= CHANCE

/**
 * The lowest limit above which the agreement is enough; null where there is none, or too little is above it.
 * @param atLeast no limit below this one
 */
export const fitWordsFirst = (rows: readonly WordsBeside[], atLeast: number): WordsFirst | null => {
  const compared = rows
    .filter(({ words, confidence }) => words !== null && confidence >= atLeast)
    .map(({ confidence, words, full }) => ({ confidence, isSame: words === full }))
  const found = agreementLimit(compared, isEnough)
  if (found === null) return null
  const { limit, agreement, above } = found
  const share = above / rows.length
  return share >= LEAST_SHARE ? { limit, agreement, share } : null
}
