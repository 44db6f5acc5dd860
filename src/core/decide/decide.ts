// Classification → route, model and reason. A low score is a decision for the default route, not an error.

import type { Classification, Inheritance, Reason } from '../types.ts'
import { NONE_ROUTE } from '../types.ts'
import type { RequestedModel } from './requested-model.ts'

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
  thresholds: Record<string, number>
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

export interface DecideInput {
  requested: RequestedModel
  /** Null where the prompt was not classified. */
  classification: Classification | null
  /** Error code that kept the prompt from being classified, else null. */
  degradedBy: string | null
  thresholds: Record<string, number>
  defaultRoute: string
  /** Model ids of each configured route, the preferred first. */
  models: Record<string, readonly string[]>
  /** What `classification` holds of an earlier turn; null where it is the turn's own. */
  inherited?: Inheritance | null
}

/** From here on an earlier turn has more to say than the turn itself. */
const DECISIVE_WEIGHT = 0.5

/** The choice of a blended classification: `session` where the earlier turn made it, or had the greater say in it. */
const decideInherited = (
  input: Parameters<typeof decideRoute>[0],
  { weight, own, earlier }: Inheritance,
): RouteChoice => {
  const choice = decideRoute(input)
  if (choice.reason !== 'matched') {
    // Doubt whether a follow-up is one must not send it away from where its subject surely belongs.
    const before = decideRoute({
      ...input,
      classification: { ...input.classification, ...earlier },
    })
    const isFollowUp = weight >= DECISIVE_WEIGHT && before.reason === 'matched'
    const isSame = input.classification.scores[0]?.route === before.route
    return isFollowUp && isSame ? { ...before, reason: 'session' } : choice
  }
  const alone = decideRoute({
    ...input,
    classification: { ...input.classification, ...(own ?? { scores: [] }) },
  })
  const isDecisive = weight >= DECISIVE_WEIGHT || alone.route !== choice.route
  return isDecisive ? { ...choice, reason: 'session' } : choice
}

/** What the caller pinned, else what the classification says, else the default route. */
export const decide = (input: DecideInput): RouteChoice & { model: string } => {
  const { requested, classification, defaultRoute, models } = input
  const served = (choice: RouteChoice) => ({ ...choice, model: models[choice.route]?.[0] ?? '' })
  if (requested.kind === 'model') {
    return { route: defaultRoute, reason: 'pinned', threshold: null, model: requested.model }
  }
  if (requested.kind === 'route') {
    return served({ route: requested.route, reason: 'pinned', threshold: null })
  }
  const { inherited } = input
  // Before anything that may have failed: a task under way goes on where it began.
  if (inherited?.source === 'tool_loop' && Object.hasOwn(models, inherited.earlier.route)) {
    return served({ route: inherited.earlier.route, reason: 'session', threshold: null })
  }
  if (input.degradedBy !== null) {
    return served({ route: defaultRoute, reason: 'degraded', threshold: null })
  }
  if (classification === null) {
    return served({ route: defaultRoute, reason: 'no_signal', threshold: null })
  }
  const routed = {
    classification,
    thresholds: input.thresholds,
    defaultRoute,
    routes: new Set(Object.keys(models)),
  }
  return served(inherited ? decideInherited(routed, inherited) : decideRoute(routed))
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
