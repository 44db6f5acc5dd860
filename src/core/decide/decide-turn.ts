// THE RECIPE OF A DECISION: what a turn was classified as, what it continues, what was asked for and what is configured → route,
// reason and the scores that it was decided by. Pure; requests, receipts, the shadow and replays all decide by it.
import { type Blendable, blendClassifications } from '../conversation/conversation.ts'
import type { Classification, Inheritance, Recipe } from '../types.ts'
import { effectiveThresholds, type RouteChoice } from './decide-route.ts'
import { CURRENT_RECIPE, type Decided, RULES } from './recipe.ts'
import type { RequestedModel } from './requested-model.ts'

/** One turn, as it was read. */
export interface Turn {
  requested: RequestedModel
  /** Classification of the turn by itself, by its words alone where it is degraded; null where it was not classified. */
  own: Classification | null
  /** What it takes over from the turns before, with or without what it was by itself then; null where it stands alone. */
  inherited: Inherited | null
  /** Error code that kept the turn from being classified by more than its words, else null. */
  degradedBy: string | null
}

export type Inherited = Omit<Inheritance, 'own'>

/** What configuration and generation have to say about every turn. */
export interface RoutePolicy {
  /** Configured routes: no other can be decided on. */
  routes: ReadonlySet<string>
  defaultRoute: string
  /** Least confidence per route; a route without one takes any. */
  thresholds: Readonly<Record<string, number>>
  /** Of the generation: holds for an earlier turn that is recorded without one of its own. */
  noveltyLimit: number
  /** See `DecideRouteInput`. */
  servedBy?: Readonly<Record<string, string>>
  recipe: Recipe
}

/**
 * `classification` is what was decided by: the turn's own with the earlier turn's in it; null where there is neither.
 */
export interface TurnDecision extends Decided {
  recipe: Recipe
}

interface RoutesConfig {
  routes: Record<string, { threshold: 'auto' | number; models: readonly string[]; select: unknown }>
  default_route: string
}

/** What of a generation's classifier a decision is held against. */
interface Fitted {
  thresholds: Record<string, number>
  parameters: Readonly<Record<string, number>>
}

/** A route whose threshold is a number is left out: whoever set it wants no less. */
const servedByOf = ({ routes }: RoutesConfig): Record<string, string> =>
  Object.fromEntries(
    Object.entries(routes)
      .filter(([, { threshold }]) => threshold === 'auto')
      .map(([route, { models, select }]) => [route, JSON.stringify([models, select])]),
  )

/** @param fitted null where no generation was asked @param recipe of a past decision, to make it again */
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

/** What the caller pinned, else what the classification says, else the default route. */
export const decideTurn = (turn: Turn, policy: RoutePolicy): TurnDecision => {
  const classification = blended(turn, policy)
  const inherited = turn.inherited && { ...turn.inherited, own: summaryOf(turn.own) }
  const { recipe } = policy
  return { ...choose({ ...turn, classification, policy }), classification, inherited, recipe }
}

/** Probability that a route is right: the one decided on, or another that the prompt went to instead. */
export const confidenceIn = (decision: TurnDecision, route: string): number | null =>
  RULES[decision.recipe].confidenceIn(decision, route)

const summaryOf = (own: Classification | null): Inheritance['own'] =>
  own && { confidence: own.confidence, novelty: own.novelty, scores: own.scores }

/** A step of a tool loop stays where it is, whatever it says by itself. */
const blended = ({ own, inherited }: Turn, policy: RoutePolicy): Classification | null => {
  if (inherited === null || inherited.source === 'tool_loop') return own
  const earlier: Blendable = { ...inherited.earlier, noveltyLimit: limitOf(inherited, policy) }
  return blendClassifications(own, earlier, inherited.weight)
}

/** JSON has no word for an infinite limit, so null is one. */
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
  // Before anything that may have failed: a task under way goes on where it began.
  if (inherited?.source === 'tool_loop' && policy.routes.has(inherited.earlier.route)) {
    return { route: inherited.earlier.route, reason: 'session', threshold: null }
  }
  if (input.degradedBy !== null) return chooseDegraded(classification, policy)
  if (classification === null) return { route: defaultRoute, reason: 'no_signal', threshold: null }
  const { decideRoute } = RULES[policy.recipe]
  const decide = (held: Classification) => decideRoute({ ...policy, classification: held })
  return inherited
    ? chooseInherited(inherited, { classification, own: input.own }, decide)
    : decide(classification)
}

/** What the words alone are sure of, where that route is configured and takes as little; else the default route. */
const chooseDegraded = (byWords: Classification | null, policy: RoutePolicy): RouteChoice => {
  const reason = 'degraded'
  const route = byWords?.scores[0]?.route
  const threshold = policy.thresholds[route ?? ''] ?? 0
  const isTaken = route !== undefined && policy.routes.has(route)
  return isTaken && (byWords?.confidence ?? 0) >= threshold
    ? { route, reason, threshold }
    : { route: policy.defaultRoute, reason, threshold: null }
}

/** From here on an earlier turn has more to say than the turn itself. */
const DECISIVE_WEIGHT = 0.5

/** The choice of a blended classification: `session` where the earlier turn made it, or had the greater say in it. */
const chooseInherited = (
  { weight, earlier }: Inherited,
  { classification, own }: { classification: Classification; own: Classification | null },
  decide: (classification: Classification) => RouteChoice,
): RouteChoice => {
  const choice = decide(classification)
  if (choice.reason !== 'matched') {
    // Doubt whether a follow-up is one must not send it away from where its subject surely belongs.
    const before = decide({ ...classification, ...earlier })
    const isFollowUp = weight >= DECISIVE_WEIGHT && before.reason === 'matched'
    const isSame = classification.scores[0]?.route === before.route
    return isFollowUp && isSame ? { ...before, reason: 'session' } : choice
  }
  const alone = own ? decide(own) : null
  const isDecisive = weight >= DECISIVE_WEIGHT || alone?.route !== choice.route
  return isDecisive ? { ...choice, reason: 'session' } : choice
}
