// How a route's models are put in order for one request: each policy is one file of this folder. Policies are pure: all that
// they go by is in their request, so that a receipt can make the choice again.
import type { TurnDecision } from '../decide/decide-turn.ts'

export interface SelectRequest {
  route: string
  /** Models of the route that the caller may use, in configured order; never empty. */
  candidates: readonly string[]
  /** How the prompt was classified, and by which route. */
  turn: TurnDecision
}

export interface RankedModel {
  model: string
  /** Probability, 0 to 1, that the policy puts this model first for this request; 1 where it leaves nothing to chance. */
  propensity: number
}

/**
 * Every candidate once, the most wanted first. Models that cannot serve the request, or rest after failures, are passed over
 * afterwards in this order, so that a policy need not know of either.
 */
export type SelectModels = (request: SelectRequest) => RankedModel[]
