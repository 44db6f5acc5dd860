// Judges a canary by the votes on both arms: worse, held, or undecided. Changes nothing.

import type { Config } from '../config/config-schema.ts'
import type { ArmVote } from '../core/records/arm-records.ts'
import { percent } from '../core/statistics/percent.ts'
import {
  type ArmCounts,
  createSequentialTest,
  type SequentialState,
  servingVotesPerBlock,
} from '../core/statistics/sequential-test.ts'
import type { Canary } from '../vector-index/arms.ts'

export type CanarySettings = Config['training']['canary']

export interface CanaryVerdict extends SequentialState {
  verdict: 'worse' | 'held' | 'undecided'
  /** E-value from which on the canary counts as worse. */
  worseFrom: number
  /** A sentence with the figures in it. */
  summary: string
}

export interface CanaryJudge {
  /** Adds votes in the order of their time; known ones are ignored. */
  add(votes: readonly ArmVote[]): void
  /** Null: undecided. */
  ruling(): 'worse' | 'held' | null
  verdict(): CanaryVerdict
}

/** Largest rise of the bad rate for a promotion: rates of a few hundred votes are not more accurate. */
const TOLERATED_RISE = 0.02

const rateOf = ({ votes, bad }: ArmCounts): number => (votes === 0 ? 0 : bad / votes)

const countsText = ({ votes, bad }: ArmCounts): string =>
  votes === 0 ? 'no votes yet' : `${bad} of ${votes} votes bad (${percent(bad / votes)})`

const figures = ({ canary, serving }: SequentialState, arm: Canary): string =>
  `generation ${arm.generation}: ${countsText(canary)}; generation ${arm.against}: ${countsText(serving)}`

const sentences = (state: SequentialState, arm: Canary, settings: CanarySettings) => ({
  worse: `Rolled back: the canary is worse. Its ${figures(state, arm)}; evidence ${state.peak.toFixed(1)} of ${(1 / settings.false_rollback_chance).toFixed(0)}.`,
  held: `Promoted: the canary held. Its ${figures(state, arm)}; evidence that it is worse ${state.evidence.toFixed(2)}.`,
  undecided: `Too early to say. Canary ${figures(state, arm)}; evidence that it is worse ${state.evidence.toFixed(2)}, rolled back at ${(1 / settings.false_rollback_chance).toFixed(0)}.`,
})

/**
 * Judges a canary by the votes on decisions made since it began. Votes of one session are not independent, so only its first counts;
 * without a session each decision counts.
 *
 * Worse: the sequential test's evidence has reached 1 / `false_rollback_chance`. Held: both arms have
 * `promote_after_votes` votes, the evidence is below 1 and the canary's bad rate at most two points above the serving
 * one; looked at again each time the votes have doubled, because a look after every vote would let chance promote.
 */
export const createCanaryJudge = (arm: Canary, settings: CanarySettings): CanaryJudge => {
  const test = createSequentialTest(servingVotesPerBlock(arm.share))
  const worseFrom = 1 / settings.false_rollback_chance
  const heard = new Set<string>()
  let nextLook = settings.promote_after_votes
  let ruled: 'worse' | 'held' | null = null

  const rule = (): void => {
    const state = test.state()
    if (state.peak >= worseFrom) {
      ruled = 'worse'
      return
    }
    const fewest = Math.min(state.canary.votes, state.serving.votes)
    if (nextLook === 0 || fewest < nextLook) return
    nextLook *= 2
    const isAlike = rateOf(state.canary) <= rateOf(state.serving) + TOLERATED_RISE
    if (isAlike && state.evidence < 1) ruled = 'held'
  }

  const take = (vote: ArmVote): void => {
    const expected = vote.arm === 'canary' ? arm.generation : arm.against
    if (vote.generation !== expected || ruled !== null) return
    const voter = vote.sessionId === null ? `d:${vote.decisionId}` : `s:${vote.sessionId}`
    if (heard.has(voter)) return
    heard.add(voter)
    if (test.add(vote.arm, vote.isBad)) rule()
  }

  return {
    add: (votes) => votes.forEach(take),
    ruling: () => ruled,
    verdict: () => {
      const state = test.state()
      const verdict = ruled ?? 'undecided'
      const summary = sentences(state, arm, settings)[verdict]
      return { ...state, verdict, worseFrom, summary }
    },
  }
}
