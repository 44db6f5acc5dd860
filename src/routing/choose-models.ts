// CHOICE OF MODELS: decided route + the key's permissions + the route's selection policy + the request's requirements + configured
// fallbacks → one ordered chain of models. No other module decides which model may replace which.
import type { Config, ModelConfig } from '../config/config-schema.ts'
import { type Capable, capableModel, type Skipped } from '../core/decide/capable-model.ts'
import { type Constraint, type ModelLimits, requirementsOf } from '../core/decide/constraints.ts'
import type { TurnDecision } from '../core/decide/decide-turn.ts'
import type { Principal } from '../core/decide/gateway-key.ts'
import { mayUseModel, permittedRoute } from '../core/decide/permitted.ts'
import type { RequestedModel } from '../core/decide/requested-model.ts'
import type { RankedModel } from '../core/select/select-models.ts'
import type { Selection } from '../core/select/selection.ts'
import type { Reason } from '../core/types.ts'
import type { ChatBody } from '../dialects/chat/upstream-request.ts'
import type { Chain } from '../upstream/resilience/chain.ts'
import { type ChainConfig, createChainOf } from './chain-of.ts'
import { createRankModels, type RankRequest } from './rank-models.ts'
import type { SelectFacts } from './select-facts.ts'

export type ChooseConfig = ChainConfig & Pick<Config, 'default_route'>

export interface ChooseRequest extends Omit<RankRequest, 'body'> {
  requested: RequestedModel
  principal: Principal
  body: ChatBody
  /**
   * For a past request, whose body is not stored: the recorded models that could not serve it, in place of the requirements of the
   * body.
   */
  passedOver?: readonly { model: string; constraint: string }[]
}

export interface ChosenModels {
  route: string
  reason: Reason
  /** Why the route was taken; `reason` may be about the model only. */
  routeReason: Reason
  /** First model of the chain; empty where a past request's replacement is no longer in the configured chain. */
  model: string
  chain: Chain
  /** Models of the chain that cannot serve, with the reason. */
  skipped: Skipped[]
  /** The permitted models as the route's policy ranked them, best first. */
  ranking: RankedModel[]
  /** The record of the policy's choice; null where the configured order or the caller decided. */
  selection: Selection | null
}

/**
 * @throws RouterError `permission_denied` where the key permits no model; `invalid_request` naming the constraint where no model of
 * the chain can serve the body, or its `models` is not a list; `model_not_found` where that names an unknown model
 */
export type ChooseModels = (turn: TurnDecision, request: ChooseRequest) => ChosenModels

/** @param facts health, speed and cost of models at the time of a request; none by default */
export const createChooseModels = (config: ChooseConfig, facts: SelectFacts = {}): ChooseModels => {
  const context = {
    models: Object.fromEntries(Object.entries(config.routes).map(([r, { models }]) => [r, models])),
    defaultRoute: config.default_route,
  }
  const chainOf = createChainOf(config)
  const capable = createCapable(config.models)
  const rank = createRankModels(config, facts)
  return (turn, request) => {
    const { principal, requested, body } = request
    const isPinned = requested.kind === 'model'
    const home = isPinned
      ? { route: turn.route, reason: turn.reason, models: [requested.model] }
      : permittedRoute(turn, { ...context, principal, requested })
    const { ranking, selection } = isPinned ? pinned(requested.model) : rank(home, request)
    const models = ranking.map(({ model }) => model)
    const { route, reason: routeReason } = home
    const mayUse = (model: string): boolean => mayUseModel(principal, model)
    const chain = chainOf({ route, models, isPinned, listed: body.models, mayUse })
    const { model, skipped, mayServe } = capable(chain, request)
    return {
      route,
      routeReason,
      reason: model === models[0] ? routeReason : 'constrained',
      model,
      chain: restricted(chain, model, mayServe),
      skipped,
      ranking,
      selection,
    }
  }
}

const pinned = (model: string): Pick<ChosenModels, 'ranking' | 'selection'> => ({
  ranking: [{ model, propensity: 1 }],
  selection: null,
})

const restricted = (chain: Chain, model: string, mayServe: Capable['mayServe']): Chain => ({
  ...chain,
  models: [...new Set([model, ...chain.models.filter(mayServe)])],
  onContextWindow: chain.onContextWindow.filter(mayServe),
  onContentPolicy: chain.onContentPolicy.filter(mayServe),
})

type FindCapable = (chain: Chain, request: Pick<ChooseRequest, 'body' | 'passedOver'>) => Capable

/** Where no model has limits, the requests' requirements are not computed. */
const createCapable = (models: Config['models']): FindCapable => {
  const limits = Object.fromEntries(
    Object.entries(models).map(([model, settings]) => [model, limitsOf(settings)]),
  )
  const isAnyLimited = Object.values(limits).some(isLimited)
  return (chain, { body, passedOver }) => {
    const [wanted = ''] = chain.models
    const standIns = (constraint: string): string[] => [
      ...chain.models,
      ...(constraint === CONTEXT_WINDOW ? chain.onContextWindow : []),
    ]
    if (passedOver) return capableThen(wanted, { passedOver, standIns })
    if (!isAnyLimited) return { model: wanted, skipped: [], mayServe: () => true }
    return capableModel(wanted, { requirements: requirementsOf(body), limits, standIns })
  }
}

const CONTEXT_WINDOW: Constraint = 'context_window'

/** The recorded result for a past request. */
const capableThen = (
  wanted: string,
  {
    passedOver,
    standIns,
  }: { passedOver: Required<ChooseRequest>['passedOver']; standIns: (c: string) => string[] },
): Capable => {
  const mayServe = (model: string): boolean => !passedOver.some((passed) => passed.model === model)
  const own = passedOver.find(({ model }) => model === wanted)
  const model = own ? (standIns(own.constraint).find(mayServe) ?? '') : wanted
  return { model, skipped: [], mayServe }
}

const limitsOf = (model: ModelConfig): ModelLimits => ({
  capabilities: model.capabilities,
  contextWindow: model.context_window,
  maxOutputTokens: model.max_output_tokens,
})

const isLimited = (limits: ModelLimits): boolean =>
  Object.values(limits).some((limit) => limit !== null)
