// Inheritance between turns: the probability that a turn continues an earlier one, and the blend of the two classifications. A
// short follow-up names no subject, so its own classification means little; a stand-alone turn keeps its own.

import { normalise } from '../normalise.ts'
import { sigmoid } from '../statistics/odds.ts'
import { type Classification, NONE_ROUTE, type RouteScore } from '../types.ts'
import {
  ACKNOWLEDGEMENTS,
  BARE_ACTIONS,
  CONFUSION,
  CONTINUATION,
  COURTESY,
  EDITS,
  FRAGMENT,
  FUNCTION_WORDS,
  LANGUAGE_NAME,
  NOW,
  POINTERS,
  SUBJECT_CHANGE,
  UNSPACED_COURTESY,
  UNSPACED_FOLLOW_UP,
} from './conversation-cues.ts'
import {
  CHINESE_EDIT,
  CHINESE_PLAIN,
  JAPANESE_EDIT,
  THAI_EDIT,
  THAI_PLAIN,
  UNSPACED_OPENING,
} from './follow-up-words.ts'

/** Cues in a turn's wording that it continues the turn before. */
export interface TurnCues {
  /** Log-odds that it continues, before it is classified. */
  logOdds: number
  /** Names of the cues, for the explanation. */
  found: string[]
}

/** Characters; longer turns always stand alone. */
const LONGEST_FOLLOW_UP = 400
const QUOTED =
  /"[^"]{4,}"|“[^”]{4,}”|„[^“”]{4,}[“”]|«[^»]{4,}»|`[^`]{2,}`|(?<!\p{L})'[^']{4,}'(?!\p{L})/gu
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}'’\u200c]*/gu
const HAN = /\p{Script=Han}/gu
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u
const THAI = /\p{Script=Thai}/gu
/** Japanese writes content words in kanji and katakana, and grammar in hiragana. */
const JAPANESE_WORD = /[\p{Script=Han}\p{Script=Katakana}ー]+/gu
/** Average letters of a content word in scripts without spaces. */
const HAN_WORD = 2
const THAI_WORD = 3

const countOf = (pattern: RegExp, text: string): number => text.match(pattern)?.length ?? 0

/** Number of content words in a run of letters of a script without spaces; null for other scripts. */
const unspacedContent = (word: string): number | null => {
  if (KANA.test(word)) return countOf(JAPANESE_WORD, word)
  if (countOf(HAN, word) > 0) {
    return Math.ceil(countOf(HAN, word.replace(CHINESE_PLAIN, ' ')) / HAN_WORD)
  }
  if (countOf(THAI, word) === 0) return null
  return Math.ceil(countOf(THAI, word.replace(THAI_PLAIN, ' ')) / THAI_WORD)
}

const isUnspacedEdit = (text: string): boolean => {
  if (KANA.test(text)) return JAPANESE_EDIT.test(text)
  return CHINESE_EDIT.test(text) || THAI_EDIT.test(text)
}

/** Log-odds by the number of content words: 0 to 5, then one value for up to 8 and one for more. */
const BY_CONTENT = [4, 1.6, 0.6, -0.4, -1, -1.3] as const
const UP_TO_EIGHT = -2
const MANY = -3.5
const PRIOR = -1.5
const NEVER = -12

const contentOdds = (content: number): number =>
  BY_CONTENT[content] ?? (content <= 8 ? UP_TO_EIGHT : MANY)

const CLOSED = [FUNCTION_WORDS, ACKNOWLEDGEMENTS, EDITS, POINTERS, BARE_ACTIONS]

const isClosed = (word: string): boolean =>
  /^(?:[\p{N}'’]+|[a-z])$/u.test(word) || CLOSED.some((known) => known.has(word))

const countContent = (words: readonly string[]): number => {
  let content = 0
  for (const word of words) {
    content += unspacedContent(word) ?? (isClosed(word) ? 0 : 1)
  }
  return content
}

/** Cues and what each adds to the log-odds; scaled down in turns with more than three content words. */
const CUES: readonly {
  name: string
  odds: number
  isIn: (text: string, words: string[]) => boolean
}[] = [
  {
    name: 'continuation',
    odds: 1.6,
    isIn: (text) => CONTINUATION.test(text) || UNSPACED_OPENING.test(text),
  },
  { name: 'now', odds: 0.4, isIn: (_, words) => NOW.test(words.slice(0, 2).join(' ')) },
  {
    name: 'acknowledgement',
    odds: 0.8,
    isIn: (_, [first = '']) => ACKNOWLEDGEMENTS.has(first),
  },
  { name: 'fragment', odds: 1.2, isIn: (text) => FRAGMENT.test(text) },
  {
    name: 'edit',
    odds: 1.8,
    isIn: (text, words) => words.some((word) => EDITS.has(word)) || isUnspacedEdit(text),
  },
  { name: 'pointer', odds: 0.8, isIn: (_, words) => words.some((word) => POINTERS.has(word)) },
  { name: 'confusion', odds: 1.4, isIn: (text) => CONFUSION.test(text) },
  // "a version of it in French" is more often a new task than the same one again; "in French?" alone is not.
  {
    name: 'language',
    odds: -1.2,
    isIn: (text, words) => LANGUAGE_NAME.test(text) && countContent(words) > 1,
  },
]

const NO_CUES: TurnCues = { logOdds: NEVER, found: [] }

/** Words that may precede the actual opening of a turn: "ok but …", "now with …". */
const PREFACES = 2

/** The text without leading acknowledgements and "now": "ok now with error handling" opens with "with". */
const afterPreface = (text: string): string => {
  let rest = text.replace(/^[^\p{L}\p{N}]+/u, '')
  for (let i = 0; i < PREFACES; i++) {
    const [first = ''] = rest.match(/^[\p{L}\p{N}'’]+/u) ?? []
    if (!ACKNOWLEDGEMENTS.has(first) && !NOW.test(first)) return rest
    rest = rest.slice(first.length).replace(/^[^\p{L}\p{N}]+/u, '')
  }
  return rest
}

/** @param text routing text of the turn; its language does not matter where the cues know it */
export const turnCues = (text: string): TurnCues => {
  if (text.length > LONGEST_FOLLOW_UP) return NO_CUES
  const plain = normalise(text, 'NFC').toLowerCase().replaceAll('’', "'").replace(QUOTED, ' … ')
  const words = plain.match(WORD) ?? []
  if (words.length === 0) return { logOdds: contentOdds(0), found: ['no words'] }
  if (UNSPACED_FOLLOW_UP.test(plain.trim())) return { logOdds: contentOdds(0), found: ['unspaced'] }
  if (SUBJECT_CHANGE.test(plain)) return { logOdds: NEVER, found: ['subject change'] }
  const content = countContent(words)
  const isThanks = COURTESY.test(plain) || UNSPACED_COURTESY.test(plain.trim())
  if (isThanks && content <= 4) return { logOdds: NEVER, found: ['courtesy'] }
  const rest = afterPreface(plain)
  const share = content <= 3 ? 1 : 3 / content
  let logOdds = PRIOR + contentOdds(content)
  const found = [`${content} content words`]
  for (const { name, odds, isIn } of CUES) {
    if (!isIn(rest, words)) continue
    logOdds += odds * share
    found.push(name)
  }
  return { logOdds, found }
}

/** Log-odds above which a turn counts as a follow-up by its wording alone. */
const FOLLOW_UP_ODDS = 0.4

export const isFollowUp = ({ logOdds }: TurnCues): boolean => logOdds > FOLLOW_UP_ODDS

export const isCourtesy = ({ found }: TurnCues): boolean => found.includes('courtesy')

/** Log-odds against a follow-up per unit of the turn's own confidence above `USUAL_CERTAINTY`. */
const CERTAINTY_ODDS = 3
const USUAL_CERTAINTY = 0.5
/** Smaller weights are not worth blending, nor classifying the earlier turn. */
const LEAST_WEIGHT = 0.05

/**
 * Probability that the turn continues the earlier one, from its wording and the confidence of its own classification.
 * @param own null where the turn has nothing to classify
 */
export const continuationWeight = (cues: TurnCues, own: Classification | null): number => {
  if (own === null || own.scores.length === 0) return 1
  const isNone = own.scores[0]?.route === NONE_ROUTE
  const certainty = isNone ? 0 : own.confidence
  const weight = sigmoid(cues.logOdds - CERTAINTY_ODDS * (certainty - USUAL_CERTAINTY))
  return weight < LEAST_WEIGHT ? 0 : weight
}

const probabilityOf = (route: string, { scores, confidence }: Blendable): number => {
  if (scores[0]?.route === route) return confidence
  return scores.find((entry) => entry.route === route)?.score ?? 0
}

export type Blendable = Pick<Classification, 'scores' | 'confidence' | 'novelty' | 'noveltyLimit'>

/**
 * `weight` · earlier + (1 − `weight`) · own, by the law of total probability. The other fields, such as the neighbours, are those
 * of the turn's own classification.
 * @param own null where the turn has nothing to classify
 */
export const blendClassifications = (
  own: Classification | null,
  earlier: Blendable,
  weight: number,
): Classification => {
  if (own === null || own.scores.length === 0) return inheritedWhole(earlier)
  const routes = new Set([...own.scores, ...earlier.scores].map(({ route }) => route))
  const scoreOf = (from: readonly RouteScore[]) =>
    new Map(from.map(({ route, score }) => [route, score]))
  const ownScores = scoreOf(own.scores)
  const earlierScores = scoreOf(earlier.scores)
  const scores = [...routes]
    .map((route) => ({
      route,
      score: weight * (earlierScores.get(route) ?? 0) + (1 - weight) * (ownScores.get(route) ?? 0),
    }))
    .sort((a, b) => b.score - a.score)
  const best = scores[0]
  const confidence = best
    ? weight * probabilityOf(best.route, earlier) + (1 - weight) * probabilityOf(best.route, own)
    : 0
  return {
    ...own,
    scores,
    confidence,
    margin: marginOf(scores),
    novelty: weight * earlier.novelty + (1 - weight) * own.novelty,
  }
}

const marginOf = (scores: readonly RouteScore[]): number =>
  (scores[0]?.score ?? 0) - (scores[1]?.score ?? 0)

/** For a turn with nothing to classify: the earlier classification without its neighbours. */
const inheritedWhole = ({
  scores,
  confidence,
  novelty,
  noveltyLimit,
}: Blendable): Classification => ({
  scores,
  confidence,
  margin: marginOf(scores),
  neighbours: [],
  novelty,
  noveltyLimit,
})
