// Stores an explicit vote on a decision, for POST /v1/feedback and `signalbox feedback add`.
import type { Config } from '../config/config-schema.ts'
import type { Verdict } from '../core/records/feedback.ts'
import type { StoredDecision } from '../core/records/stored-decision.ts'
import { expectedRoutes } from '../core/suggest.ts'
import { NONE_ROUTE } from '../core/types.ts'
import { RouterError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { whyNotCounted } from './counts.ts'

export interface FeedbackWish {
  decisionId: string
  /** Null: derived from `score`, good from 0.5 on. One of them is given. */
  verdict: Verdict | null
  correctRoute: string | null
  score: number | null
  comment: string | null
}

export interface GivenFeedback {
  id: string
  decisionId: string
  verdict: Verdict
  source: 'explicit'
  /** Whether this principal had voted on the decision before. */
  replaced: boolean
  /** Whether the next rebuild can learn from it, and the reason if not. */
  counts: boolean
  whyNot: string | null
}

export interface FeedbackDeps {
  config: Pick<Config, 'routes' | 'training'>
  store: Pick<Store, 'getDecision' | 'addFeedback'>
  newId: () => string
  now: () => number
}

export interface Voter {
  principal: string
  /** Whether the caller may vote on a decision; others are treated as not existing. */
  mayJudge(decision: StoredDecision): boolean
}

const GOOD_FROM = 0.5

/** @throws RouterError `route_not_found` */
export const checkCorrectRoute = (name: string, config: FeedbackDeps['config']): void => {
  const known = [...Object.keys(config.routes), NONE_ROUTE]
  if (known.includes(name)) return
  throw new RouterError(
    'route_not_found',
    `There is no route of that name: ${expectedRoutes(name, known)}.`,
    { param: 'correct_route' },
  )
}

/** @throws RouterError `invalid_request` where neither is given */
export const verdictOf = ({ verdict, score }: Pick<FeedbackWish, 'verdict' | 'score'>): Verdict => {
  if (verdict !== null) return verdict
  if (score !== null) return score >= GOOD_FROM ? 'good' : 'bad'
  throw new RouterError('invalid_request', 'verdict: give "good" or "bad", or a score', {
    param: 'verdict',
  })
}

/**
 * Resolves after commit.
 * @throws RouterError `decision_not_found`, `route_not_found`, `invalid_request`, `store_unavailable`
 */
export const giveFeedback = async (
  wish: FeedbackWish,
  voter: Voter,
  deps: FeedbackDeps,
): Promise<GivenFeedback> => {
  const { decisionId, correctRoute, score, comment } = wish
  const verdict = verdictOf(wish)
  if (correctRoute !== null) checkCorrectRoute(correctRoute, deps.config)
  const decision = await deps.store.getDecision(decisionId)
  if (!decision || !voter.mayJudge(decision)) {
    throw new RouterError('decision_not_found', 'No stored decision has this id.')
  }
  const id = deps.newId()
  const { replaced } = await deps.store.addFeedback({
    id,
    decisionId,
    principal: voter.principal,
    verdict,
    correctRoute,
    score,
    comment: comment?.toWellFormed() ?? null,
    source: 'explicit',
    implicitKind: null,
    createdAtMs: deps.now(),
  })
  const whyNot = whyNotCounted(decision, 'explicit', deps.config.training.feedback)
  return { id, decisionId, verdict, source: 'explicit', replaced, counts: whyNot === null, whyNot }
}
