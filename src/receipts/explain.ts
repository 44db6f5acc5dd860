// Explains a decision from the probabilities by each part of the classifier: why it was made, and what would have changed it.

import { twinShares } from '../core/classifier/twin.ts'
import { softmax } from '../core/linear/vectors.ts'
import { percent } from '../core/statistics/percent.ts'
import type { Classification, ClassificationParts, Decision, RouteScore } from '../core/types.ts'
import { NONE_ROUTE } from '../core/types.ts'

export type PartName = keyof ClassificationParts['weights']

/** Result of one part of the classifier. */
export interface PartSay {
  part: PartName
  /** Weight in the blend of log-probabilities; the head's is 1. 0: not used. */
  weight: number
  /** Its probabilities, best first. */
  scores: RouteScore[]
  /** Best route of the blend without this part; without the neighbours also without the vote of near-duplicates. */
  withoutIt: string
}

export interface Explanation {
  parts: PartSay[]
  /** Weight of the vote of near-duplicates. */
  twinShare: number
  novelty: number
  /** Null: no limit. */
  noveltyLimit: number | null
  /** Second best route; null where there is only one. */
  runnerUp: { route: string; score: number; oddsBehind: number } | null
  /** Sentences. */
  whatIf: string[]
}

const SHOWN_SCORES = 5
const NAMES: readonly PartName[] = ['head', 'neighbours', 'centroids', 'words']
const WORDING: Record<PartName, string> = {
  head: 'the trained head',
  neighbours: 'the nearest exemplars',
  centroids: 'the centroids',
  words: 'the words',
}
const LEAST_PROBABILITY = 1e-9

type Classified = Classification & { parts: ClassificationParts }

const probabilitiesOf = (parts: ClassificationParts, name: PartName): Float32Array =>
  parts[name] ?? new Float32Array(parts.routes.length)

/** The neighbours count as used where near-duplicates voted. */
const isUsed = ({ weights, twinShare }: ClassificationParts, name: PartName): boolean =>
  weights[name] > 0 || (name === 'neighbours' && twinShare > 0)

/** Best route of the blend of some parts, with the vote of near-duplicates where the neighbours are among them. */
const bestRoute = (classified: Classified, left: readonly PartName[]): string => {
  const { parts, neighbours } = classified
  const { routes, weights, sharpness } = parts
  const sums = routes.map((_, r) =>
    left.reduce((sum, name) => {
      const p = probabilitiesOf(parts, name)[r] ?? 0
      return sum + sharpness * weights[name] * Math.log(Math.max(p, LEAST_PROBABILITY))
    }, 0),
  )
  const twinShare = left.includes('neighbours') ? parts.twinShare : 0
  const twins = twinShares(neighbours, new Map(routes.map((route, r) => [route, r])))
  const mixed = softmax(sums, 1).map(
    (p, r) => (1 - twinShare) * p + twinShare * (twins[r] as number),
  )
  return routes[mixed.indexOf(Math.max(...mixed))] ?? ''
}

const say = (classified: Classified, part: PartName): PartSay => {
  const { parts } = classified
  const values = probabilitiesOf(parts, part)
  const scores = parts.routes.map((route, r) => ({ route, score: values[r] ?? 0 }))
  const used = NAMES.filter((name) => isUsed(parts, name))
  const left = used.filter((name) => name !== part)
  return {
    part,
    weight: parts.weights[part],
    scores: scores.sort((a, b) => b.score - a.score).slice(0, SHOWN_SCORES),
    withoutIt: bestRoute(classified, left.length > 0 ? left : used),
  }
}

const runnerUpOf = ({ scores }: Classification): Explanation['runnerUp'] => {
  const [first, second] = scores
  if (!first || !second) return null
  const odds = first.score / Math.max(second.score, LEAST_PROBABILITY)
  return { ...second, oddsBehind: odds }
}

/** Why the best route was not taken, or was taken despite a low confidence. */
const abstentions = (
  classification: Classification,
  { reason, threshold }: Pick<Decision, 'reason' | 'threshold'>,
): string[] => {
  const best = classification.scores[0]
  if (!best) return []
  if (reason === 'unconfigured_route') {
    return [`${best.route} is ahead, but is not configured: the default route took the prompt.`]
  }
  const { confidence, novelty, noveltyLimit } = classification
  if (reason === 'matched' && threshold !== null && confidence < threshold) {
    return [
      `${best.route} was taken with ${percent(confidence)}, below its threshold of ${percent(threshold)}, because the same models serve the three best routes.`,
    ]
  }
  if (reason !== 'none_of_the_above' && reason !== 'below_threshold') return []
  const said: string[] = []
  if (best.route === NONE_ROUTE) {
    said.push('The prompt looks most like the exemplars of none, so no route was taken.')
  } else if (threshold !== null && confidence < threshold) {
    const gap = `${percent(confidence)}, below its threshold of ${percent(threshold)}`
    said.push(`${best.route} would have been taken with more confidence: it had ${gap}.`)
  }
  if (novelty > noveltyLimit) {
    const limit = noveltyLimit.toFixed(2)
    said.push(`The prompt is unlike every exemplar: novelty ${novelty.toFixed(2)}, limit ${limit}.`)
  }
  return said
}

const pivots = (said: PartSay[], { parts, scores }: Classified): string[] =>
  said
    .filter(({ part, withoutIt }) => isUsed(parts, part) && withoutIt !== scores[0]?.route)
    .map(({ part, withoutIt }) => `Without ${WORDING[part]} ${withoutIt} would have been ahead.`)

/** Beyond a thousand the figure says nothing more. */
const timesAsLikely = (odds: number): string =>
  odds < 1_000 ? `${odds.toFixed(1)} times` : 'over a thousand times'

/** Null where the decision was not made by classification (a pinned route, a prompt without signal). */
export const explain = (
  classification: Classification | null,
  decision: Pick<Decision, 'reason' | 'threshold'>,
): Explanation | null => {
  const parts = classification?.parts
  if (!classification || !parts) return null
  const classified = { ...classification, parts }
  const said = NAMES.filter((name) => name !== 'words' || parts.words).map((name) =>
    say(classified, name),
  )
  const runnerUp = runnerUpOf(classification)
  const rival = runnerUp
    ? [
        `${runnerUp.route} would have won had it been ${timesAsLikely(runnerUp.oddsBehind)} as likely.`,
      ]
    : []
  const { noveltyLimit } = classification
  return {
    parts: said,
    twinShare: parts.twinShare,
    novelty: classification.novelty,
    noveltyLimit: Number.isFinite(noveltyLimit) ? noveltyLimit : null,
    runnerUp,
    whatIf: [...abstentions(classification, decision), ...rival, ...pivots(said, classified)],
  }
}
