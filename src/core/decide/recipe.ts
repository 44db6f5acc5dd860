// The versions of the rules that turn a classification into a decision. A receipt reproduces a decision by the version that made
// it, so old versions stay, and any change that alters decisions of the same classification is a new version.
//
// 1  The best of the configured routes was taken by the confidence of the best route of all, and where the negative exemplars
//    won, that was `below_threshold`. Confidence was always the best route's.
// 2  A winner that is not configured is `unconfigured_route`, the negative exemplars' `none_of_the_above`. Confidence is that of
//    the route that is reported.
// 3  An unsure best route is taken all the same where the same models serve the best three: turning the prompt away gains nothing.
//    Routes that are not configured are `unconfigured_route` where together they are likelier than the best.
import { type Classification, type Inheritance, NONE_ROUTE, type Recipe } from '../types.ts'
import { type DecideRouteInput, decideRoute, type RouteChoice } from './decide-route.ts'

export const CURRENT_RECIPE: Recipe = 3

/** A decided turn with the classification behind it. */
export interface Decided extends RouteChoice {
  classification: Classification | null
  inherited: Inheritance | null
}

export interface Rules {
  decideRoute: (input: DecideRouteInput) => RouteChoice
  /** Probability that `route` is right: the decided route, or the one that it replaces. */
  confidenceIn: (decision: Decided, route: string) => number | null
}

const decideRouteBefore = (input: DecideRouteInput): RouteChoice => {
  const { classification, thresholds, defaultRoute, routes } = input
  const best = classification.scores.find(({ route }) => route === NONE_ROUTE || routes.has(route))
  if (!best) return { route: defaultRoute, reason: 'no_signal', threshold: null }
  const threshold = thresholds[best.route] ?? 0
  const isNovel = classification.novelty > classification.noveltyLimit
  const isMatch = best.route !== NONE_ROUTE && !isNovel && classification.confidence >= threshold
  return isMatch
    ? { route: best.route, reason: 'matched', threshold }
    : { route: defaultRoute, reason: 'below_threshold', threshold }
}

const confidenceIn: Rules['confidenceIn'] = ({ inherited, classification, ...choice }, route) => {
  const isSame = route === choice.route
  if (isSame && inherited?.source === 'tool_loop' && choice.reason === 'session') {
    return inherited.earlier.confidence
  }
  if (isSame && choice.reason === 'below_threshold') return classification?.confidence ?? null
  return classification && probabilityOf(route, classification)
}

const probabilityOf = (route: string, { scores, confidence }: Classification): number | null => {
  if (scores[0]?.route === route) return confidence
  return scores.find((entry) => entry.route === route)?.score ?? null
}

export const RULES: Record<Recipe, Rules> = {
  1: {
    decideRoute: decideRouteBefore,
    confidenceIn: ({ classification }) => classification?.confidence ?? null,
  },
  2: { decideRoute: (input) => decideRoute({ ...input, servedBy: undefined }), confidenceIn },
  3: { decideRoute: (input) => decideRoute({ ...input, sumsUnconfigured: true }), confidenceIn },
}
