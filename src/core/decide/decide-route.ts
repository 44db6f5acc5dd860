// One classification against the thresholds → a route and a reason. A low score is a decision for the default route, not an
// error.
import { type Classification, NONE_ROUTE, type Reason } from '../types.ts'

export interface RouteChoice {
  route: string
  reason: Reason
  /** Threshold of the best route, null where nothing was compared. */
  threshold: number | null
}

export interface DecideRouteInput {
  classification: Classification
  /** Least confidence per route; a route without one takes any. */
  thresholds: Readonly<Record<string, number>>
  defaultRoute: string
  /** Configured routes; a trained one that is not configured cannot be taken. */
  routes: ReadonlySet<string>
  /**
   * What serves each route, as one text that is the same where the same models serve in the same way; a route that is absent is
   * taken by its threshold alone. Absent as a whole: all are.
   */
  servedBy?: Readonly<Record<string, string>> | undefined
  /** Whether routes that are not configured may win together, none of them being ahead by itself. */
  sumsUnconfigured?: boolean
}

/** So many of the best routes make it all but sure that the right one is among them. */
const LEADING = 3

/** Whether the same models would serve whichever of the leading routes is right, so that turning away gains nothing. */
export const areServedAlike = (
  { scores }: Pick<Classification, 'scores'>,
  servedBy: DecideRouteInput['servedBy'] = {},
): boolean => {
  const leading = scores.slice(0, LEADING).map(({ route }) => servedBy[route])
  const [first] = leading
  return leading.length === LEADING && first !== undefined && leading.every((by) => by === first)
}

/** Whether the prompt belongs more likely to one of the trained routes that are not configured than to the best route. */
const isElsewhere = ({ classification: { scores }, routes }: DecideRouteInput): boolean => {
  const gone = scores.filter(({ route }) => route !== NONE_ROUTE && !routes.has(route))
  return gone.reduce((sum, { score }) => sum + score, 0) > (scores[0]?.score ?? 0)
}

/**
 * The best route if it is configured and its confidence reaches its threshold or the same models serve the best three, else the
 * default route. Where a route that is not configured is ahead, or all such together, the next best is no better founded: the default
 * route takes the prompt.
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
