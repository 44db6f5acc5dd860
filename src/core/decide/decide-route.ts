// One classification and the thresholds → a route and a reason. A low confidence is a decision for the default route, not an error.
import { type Classification, NONE_ROUTE, type Reason } from '../types.ts'

export interface RouteChoice {
  route: string
  reason: Reason
  /** Threshold of the best route, null where nothing was compared. */
  threshold: number | null
}

export interface DecideRouteInput {
  classification: Classification
  /** Least confidence per route; a route without one accepts any. */
  thresholds: Readonly<Record<string, number>>
  defaultRoute: string
  /** Configured routes; a trained one that is not configured cannot be taken. */
  routes: ReadonlySet<string>
  /**
   * Per route a text that is equal for routes that the same models serve in the same way. A route that is absent here is taken by
   * its threshold alone; so are all where this field is absent.
   */
  servedBy?: Readonly<Record<string, string>> | undefined
  /** Whether the scores of unconfigured routes are summed, so that they may win together. */
  sumsUnconfigured?: boolean
}

/** Number of best routes that almost surely include the right one. */
const LEADING = 3

/** Whether the same models serve all leading routes, so that abstaining would gain nothing. */
export const areServedAlike = (
  { scores }: Pick<Classification, 'scores'>,
  servedBy: DecideRouteInput['servedBy'] = {},
): boolean => {
  const leading = scores.slice(0, LEADING).map(({ route }) => servedBy[route])
  const [first] = leading
  return leading.length === LEADING && first !== undefined && leading.every((by) => by === first)
}

/** Whether the trained routes that are not configured have together a higher score than the best route. */
const isElsewhere = ({ classification: { scores }, routes }: DecideRouteInput): boolean => {
  const gone = scores.filter(({ route }) => route !== NONE_ROUTE && !routes.has(route))
  return gone.reduce((sum, { score }) => sum + score, 0) > (scores[0]?.score ?? 0)
}

/**
 * The best route if it is configured and its confidence reaches its threshold, or the same models serve the best three; else the
 * default route. Where an unconfigured route is best, or all such routes together, the default route is taken rather than the next
 * best one.
 */
export const decideRoute = (input: DecideRouteInput): RouteChoice => {
  const { classification, thresholds, defaultRoute: route, routes } = input
  const best = classification.scores[0]?.route
  if (best === undefined) return { route, reason: 'no_signal', threshold: null }
  if (best === NONE_ROUTE) return { route, reason: 'none_of_the_above', threshold: null }
  if (!routes.has(best) || (input.sumsUnconfigured && isElsewhere(input))) {
    return { route, reason: 'unconfigured_route', threshold: null }
  }
  const threshold = thresholds[best] ?? 0
  const isNovel = classification.novelty > classification.noveltyLimit
  const isSure = classification.confidence >= threshold
  return !isNovel && (isSure || areServedAlike(classification, input.servedBy))
    ? { route: best, reason: 'matched', threshold }
    : { route, reason: 'below_threshold', threshold }
}

/** Per route the configured threshold, or the fitted one where the configuration says `auto`. */
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
