// THE RECIPE OF A DECISION: a turn's classification, the turn that it continues, the requested model and the configuration → route,
// reason and the scores behind them. Pure; requests, receipts, the shadow and replays all use it.
import { type Blendable, blendClassifications } from '../conversation/conversation.ts'
import type { Classification, Inheritance, Recipe } from '../types.ts'
import { effectiveThresholds, type RouteChoice } from './decide-route.ts'
import { CURRENT_RECIPE, type Decided, RULES } from './recipe.ts'
import type { RequestedModel } from './requested-model.ts'

/** One turn, ready to be decided. */
export interface Turn {
  requested: RequestedModel
  /** The turn's own classification, by the word head alone where it is degraded; null where it was not classified. */
  own: Classification | null
  /** What it inherits from earlier turns; null where it stands alone. */
  inherited: Inherited | null
  /** Code of the error that prevented the full classification, or WORDS_FIRST, else null. */
  degradedBy: string | null
}

/** In the place of an error's code: the words were sure enough while the encoder was busy. */
export const WORDS_FIRST = 'words_first'

export type Inherited = Omit<Inheritance, 'own'>

/** What configuration and generation determine for every turn. */
export interface RoutePolicy {
  /** Configured routes: no other can be taken. */
  routes: ReadonlySet<string>
  defaultRoute: string
  /** Least confidence per route; a route without one accepts any. */
  thresholds: Readonly<Record<string, number>>
  /** The generation's limit; used for earlier turns that were stored without one. */
  noveltyLimit: number
  /** See `DecideRouteInput`. */
  servedBy?: Readonly<Record<string, string>>
  recipe: Recipe
}

/**
 * `classification` is the one that was decided by: the turn's own, blended with the earlier turn's; null where there is neither.
 */
export interface TurnDecision extends Decided {
  recipe: Recipe
}

interface RoutesConfig {
  routes: Record<string, { threshold: 'auto' | number; models: readonly string[]; select: unknown }>
  default_route: string
}

/** The parts of a generation's classifier that decisions need. */
interface Fitted {
  thresholds: Record<string, number>
  parameters: Readonly<Record<string, number>>
}

/** Routes with a configured number as threshold are left out: that number always applies. */
const servedByOf = ({ routes }: RoutesConfig): Record<string, string> =>
  Object.fromEntries(
    Object.entries(routes)
      .filter(([, { threshold }]) => threshold === 'auto')
      .map(([route, { models, select }]) => [route, JSON.stringify([models, select])]),
  )

/** @param fitted null where no generation was used @param recipe of a past decision, to reproduce it */
export const routePolicy = (
  config: RoutesConfig,
  fitted: Fitted | null,
  recipe: Recipe = CURRENT_RECIPE,
): RoutePolicy => ({
  routes: new Set(Object.keys(config.routes)),
  defaultRoute: config.default_route,
  thresholds: effectiveThresholds(config.routes, fitted?.thresholds ?? {}),
  noveltyLimit: fitted?.parameters.noveltyLimit ?? Number.POSITIVE_INFINITY,
  servedBy: servedByOf(config),
  recipe,
})

/** The same, made once per classifier: nothing else of a request is in it. */
export const createRoutePolicies = (
  config: RoutesConfig,
): ((fitted: Fitted | null) => RoutePolicy) => {
  const unfitted = routePolicy(config, null)
  const made = new WeakMap<Fitted, RoutePolicy>()
  return (fitted) => {
    if (fitted === null) return unfitted
    const known = made.get(fitted)
    if (known) return known
    const policy = routePolicy(config, fitted)
    made.set(fitted, policy)
    return policy
  }
}

/** The pinned route, else the route by classification, else the default route. */
export const decideTurn = (turn: Turn, policy: RoutePolicy): TurnDecision => {
  const classification = blended(turn, policy)
  const inherited = turn.inherited && { ...turn.inherited, own: summaryOf(turn.own) }
  const { recipe } = policy
  return { inherited, recipe, ...choose({ policy, ...turn, classification }), classification }
}

/** Probability that a route is right: the decided one, or another that the prompt went to instead. */
export const confidenceIn = (decision: TurnDecision, route: string): number | null =>
  RULES[decision.recipe].confidenceIn(decision, route)

const summaryOf = (own: Classification | null): Inheritance['own'] =>
  own && { confidence: own.confidence, novelty: own.novelty, scores: own.scores }

/** A step of a tool loop keeps its own classification: its route does not depend on scores. */
const blended = ({ own, inherited }: Turn, policy: RoutePolicy): Classification | null => {
  if (inherited === null || inherited.source === 'tool_loop') return own
  const earlier: Blendable = { ...inherited.earlier, noveltyLimit: limitOf(inherited, policy) }
  return blendClassifications(own, earlier, inherited.weight)
}

/** JSON has no infinity: null stands for an infinite limit. */
const limitOf = ({ noveltyLimit }: Inherited, policy: RoutePolicy): number =>
  noveltyLimit === undefined ? policy.noveltyLimit : (noveltyLimit ?? Number.POSITIVE_INFINITY)

interface ChooseInput extends Turn {
  classification: Classification | null
  policy: RoutePolicy
}

const choose = (input: ChooseInput): RouteChoice => {
  const { requested, inherited, classification, policy } = input
  const { defaultRoute } = policy
  if (requested.kind === 'model') return { route: defaultRoute, reason: 'pinned', threshold: null }
  if (requested.kind === 'route') {
    return { route: requested.route, reason: 'pinned', threshold: null }
  }
  // Checked before `degradedBy`: a task under way stays on its route whatever fails.
  if (inherited?.source === 'tool_loop' && policy.routes.has(inherited.earlier.route)) {
    return { route: inherited.earlier.route, reason: 'session', threshold: null }
  }
  if (input.degradedBy !== null) return chooseByWords(classification, policy, input.degradedBy)
  if (classification === null) return { route: defaultRoute, reason: 'no_signal', threshold: null }
  const { decideRoute } = RULES[policy.recipe]
  const decide = (held: Classification) => decideRoute({ ...policy, classification: held })
  return inherited
    ? chooseInherited(inherited, { classification, own: input.own }, decide)
    : decide(classification)
}

/** Whether the words' own route is taken. */
export const areWordsTaken = (byWords: Classification, policy: RoutePolicy): boolean =>
  chooseByWords(byWords, policy, WORDS_FIRST).threshold !== null

/** The route by the word head, where it is configured and the confidence reaches its threshold; else the default route. */
const chooseByWords = (
  byWords: Classification | null,
  policy: RoutePolicy,
  degradedBy: string,
): RouteChoice => {
  const reason = degradedBy === WORDS_FIRST ? 'words' : 'degraded'
  const route = byWords?.scores[0]?.route
  const threshold = policy.thresholds[route ?? ''] ?? 0
  const isTaken = route !== undefined && policy.routes.has(route)
  return isTaken && (byWords?.confidence ?? 0) >= threshold
    ? { route, reason, threshold }
    : { route: policy.defaultRoute, reason, threshold: null }
}

/** Weight from which on the earlier turn counts more than the turn itself. */
const DECISIVE_WEIGHT = 0.5

/** Decides a blended classification; the reason is `session` where the earlier turn determined the route. */
const chooseInherited = (
  { weight, earlier }: Inherited,
  { classification, own }: { classification: Classification; own: Classification | null },
  decide: (classification: Classification) => RouteChoice,
): RouteChoice => {
  const choice = decide(classification)
  if (choice.reason !== 'matched') {
    // An uncertain follow-up whose earlier turn matched stays on that route.
    const before = decide({ ...classification, ...earlier })
    const isFollowUp = weight >= DECISIVE_WEIGHT && before.reason === 'matched'
    const isSame = classification.scores[0]?.route === before.route
    return isFollowUp && isSame ? { ...before, reason: 'session' } : choice
  }
  const alone = own ? decide(own) : null
  const isDecisive = weight >= DECISIVE_WEIGHT || alone?.route !== choice.route
  return isDecisive ? { ...choice, reason: 'session' } : choice
}
