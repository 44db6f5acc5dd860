// Effective feedback → the right route of each decision that people agree about.
import type { FeedbackWithDecision } from '../../core/records/feedback.ts'
import { NONE_ROUTE } from '../../core/types.ts'

type Vote = Pick<
  FeedbackWithDecision,
  'decisionId' | 'verdict' | 'correctRoute' | 'source' | 'route'
>

/** What a vote holds right; null where it does not say: an implicit one is a guess, a bare `bad` names no route. */
const routeOfVote = ({ verdict, correctRoute, source, route }: Vote): string | null => {
  if (source === 'implicit') return null
  return verdict === 'good' ? route : correctRoute
}

/** The route with most votes; null where two are level. */
const winnerOf = (counts: ReadonlyMap<string, number>): string | null => {
  const [first, second] = [...counts].sort((a, b) => b[1] - a[1])
  return first && first[1] !== second?.[1] ? first[0] : null
}

/**
 * The right route by decision id; `none` where no route fits. Routes that are not configured are nobody's to take, so
 * votes for them are left out.
 */
export const rightRoutes = (
  feedback: readonly Vote[],
  routes: ReadonlySet<string>,
): Map<string, string> => {
  const votes = new Map<string, Map<string, number>>()
  for (const vote of feedback) {
    const right = routeOfVote(vote)
    if (right === null || (right !== NONE_ROUTE && !routes.has(right))) continue
    const counts = votes.get(vote.decisionId) ?? new Map<string, number>()
    counts.set(right, (counts.get(right) ?? 0) + 1)
    votes.set(vote.decisionId, counts)
  }
  const settled = new Map<string, string>()
  for (const [decisionId, counts] of votes) {
    const winner = winnerOf(counts)
    if (winner !== null) settled.set(decisionId, winner)
  }
  return settled
}

/** Whether a decision took the right route; where none fits that is the default route. */
export const isRightRoute = (taken: string, right: string, defaultRoute: string): boolean =>
  taken === (right === NONE_ROUTE ? defaultRoute : right)
