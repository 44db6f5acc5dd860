// Simulated callers: who says what about which decisions.

import type { BatchDecision } from '../../../src/core/classifier/batch-decisions.ts'
import type { FeedbackWithDecision } from '../../../src/core/records/feedback.ts'
import { type Random, shuffled } from '../../../src/core/statistics/random.ts'
import type { Rows } from '../labelled-sets.ts'

/**
 * `corrections`: people speak up where the router was wrong, until a share of the traffic is corrected.
 * `votes`: a random share of the traffic is judged, right or wrong.
 */
export type Habit = 'corrections' | 'votes'

export interface VoteOptions {
  habit: Habit
  /** Share of the requests. */
  share: number
  /** Share of the votes that name a wrong route. */
  wrongShare: number
  routes: readonly string[]
  defaultRoute: string
  encoderId: string
  random: Random
  /** Requests before these. */
  offset: number
}

const VOTERS = 50

export interface VoteParts extends Pick<VoteOptions, 'defaultRoute' | 'encoderId'> {
  decision: BatchDecision
  /** Of the decision and its vote. */
  id: number
  principal: string
  vote: Pick<FeedbackWithDecision, 'verdict' | 'correctRoute'>
}

/** A vote on the decision about row `i`, as the store would give it. */
export const voteOf = (rows: Rows, i: number, parts: VoteParts): FeedbackWithDecision => {
  const { classification, choice } = parts.decision
  const dimensions = rows.vectors.length / rows.texts.length
  return {
    id: `f${parts.id}`,
    decisionId: `d${parts.id}`,
    principal: parts.principal,
    ...parts.vote,
    score: null,
    comment: null,
    source: 'explicit',
    implicitKind: null,
    createdAtMs: parts.id,
    text: rows.texts[i] as string,
    embedding: rows.vectors.slice(i * dimensions, (i + 1) * dimensions),
    encoderId: parts.encoderId,
    route: choice.reason === 'matched' ? choice.route : parts.defaultRoute,
    reason: choice.reason,
    confidence: classification.confidence,
    neighbours: classification.neighbours,
    indexGeneration: null,
    arm: null,
    decidedAtMs: parts.id,
  }
}

/** What the decision about row `i` came to, beside its label. */
const lookAt = (rows: Rows, decisions: readonly BatchDecision[], defaultRoute: string) => {
  const takenAt = (i: number): string => {
    const { choice } = decisions[i] as BatchDecision
    return choice.reason === 'matched' ? choice.route : defaultRoute
  }
  const isRightAt = (i: number): boolean =>
    takenAt(i) === (rows.labels[i] === 'none' ? defaultRoute : rows.labels[i])
  return { takenAt, isRightAt }
}

/** Votes on a batch of requests, and which of them are wrong. */
export const votesOn = (
  rows: Rows,
  decisions: readonly BatchDecision[],
  options: VoteOptions,
): { feedback: FeedbackWithDecision[]; wrongIds: string[] } => {
  const { random, routes, defaultRoute, encoderId, offset } = options
  const { takenAt, isRightAt } = lookAt(rows, decisions, defaultRoute)
  const all = shuffled([...decisions.keys()], random)
  const count = Math.round(options.share * decisions.length)
  const asked = options.habit === 'votes' ? all : all.filter((i) => !isRightAt(i))
  const wrongIds: string[] = []
  const feedback = asked.slice(0, count).map((chosen, n): FeedbackWithDecision => {
    const isWrong = random() < options.wrongShare
    // Whoever names a wrong route may do so of any request.
    const i = isWrong ? (all[count + n] ?? chosen) : chosen
    const label = rows.labels[i] as string
    const others = routes.filter((route) => route !== label && route !== takenAt(i))
    const named = isWrong ? (others[Math.floor(random() * others.length)] as string) : label
    if (isWrong) wrongIds.push(`d${offset + i}`)
    const vote =
      !isWrong && isRightAt(i)
        ? ({ verdict: 'good', correctRoute: null } as const)
        : ({ verdict: 'bad', correctRoute: named } as const)
    return voteOf(rows, i, {
      ...{ decision: decisions[i] as BatchDecision, defaultRoute, encoderId, vote },
      id: offset + i,
      principal: `caller-${Math.floor(random() * VOTERS)}`,
    })
  })
  return { feedback, wrongIds }
}
