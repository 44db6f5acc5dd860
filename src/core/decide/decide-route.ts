// One classification against the thresholds → a route and a reason. A low score is a decision for the default route, not an
// error.
import { type Classification, NONE_ROUTE, type Reason } from '../types.ts'

export interface RouteChoice {
  route: string
  reason: Reason
  /** Threshold of the best route, null where nothing was compared. */
  threshold: number | null
}

/** The best configured route if its confidence reaches its threshold, else the default route. */
export const decideRoute = (input: {
  classification: Classification
  /** Least confidence per route; a route without one takes any. */
  thresholds: Readonly<Record<string, number>>
  defaultRoute: string
  /** Configured routes; a trained route that is no longer configured cannot win. */
  routes: ReadonlySet<string>
}): RouteChoice => {
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

/** Thresholds in force: the configured number, or the fitted one where the configuration says `auto`. */
export const effectiveThresholds = (
  configured: Record<string, { threshold: 'auto' | number }>,
  fitted: Record<string, number>,
): Record<string, number> =>
  Object.fromEntries(
    Object.entries(configured).map(([route, { threshold }]) => [
      route,
      threshold === 'auto' ? (fitted[route] ?? 0) : threshold,
    ]),
  )
