// The interface of selection policies, which rank a route's models for one request; each policy is a file of this folder. Policies
// are pure functions of the request, so that a receipt can reproduce the choice.
import type { Random } from '../statistics/random.ts'

/** The facts about one model when a request is decided. Stored with the decision. */
export interface Candidate {
  model: string
  /** Tokens of the prompt that the provider is expected to read from its cache. */
  cachedTokens: number
  /** Predicted tokens of the answer. */
  completionTokens: number
  /** Expected cost of the answer in USD; null where a price is unknown (never treated as free). */
  costUsd: number | null
  /** Decayed mean time to the first token; null where unknown. */
  firstTokenMs: number | null
  /** Decayed mean; null where unknown. */
  tokensPerSecond: number | null
  /** Number of calls so far. */
  calls: number
  /** How long the oldest of its calls under way has waited for its first token; 0 where none waits. */
  pendingMs: number
  /** True where its speed was last seen so long ago that it may have changed. */
  isStale: boolean
  /** Time until it may be called (breaker and cooldown); 0: now. */
  waitMs: number
  /** `learned`: the outcome model's estimate for this prompt; absent where there is none. */
  estimate?: Estimate
}

/** A model's expected quality and cost on one prompt, with the corrections observed since the outcome model was fitted. */
export interface Estimate {
  /** 0 to 1, including `shift`. */
  quality: number
  /** Half of the 90 % interval around it. */
  halfWidth: number
  /** Expected cost in USD, including `costFactor`, minus the saving by the provider's cache. */
  costUsd: number
  /** How much better recent answers were than estimated. */
  shift: number
  /** Factor by which recent answers cost more than estimated. */
  costFactor: number
}

/** `learned`: the target of a route. */
export type Target =
  /** The least cost that keeps this share of the best model's quality. */
  | { quality: number }
  /** The best quality for this budget per UTC day. */
  | { usdPerDay: number }

/** Settings of a route's `select` beside the policy's name. */
export interface SelectSettings {
  /** `weighted`: by model; 1 where it names none. */
  weights: Readonly<Record<string, number>>
  /** `balanced`: 0 considers only the cost, 1 only the quality. */
  costQuality: number
  /** `balanced`: by model, 0 to 1; by their order where it names none. */
  quality: Readonly<Record<string, number>>
  /** `learned`: null for the other policies. */
  target: Target | null
}

/** The model that served the conversation so far. */
export interface HeldModel {
  model: string
  /** True within a tool loop: another model could not continue it. */
  isToolLoop: boolean
}

export interface SelectRequest {
  route: string
  /** Models of the route that the caller may use, in configured order; never empty. */
  candidates: readonly Candidate[]
  settings: SelectSettings
  /** Null at the start of a conversation. */
  held: HeldModel | null
  /** `learned`: quality that one USD is worth; absent or null where there are too few outcomes to solve it. */
  price?: number | null
  random: Random
}

export interface RankedModel {
  model: string
  /** Probability, 0 to 1, that the policy ranks this model first for this request; 1 where the policy is deterministic. */
  propensity: number
}

/**
 * Returns every candidate once, best first. Models that cannot serve the request are skipped afterwards, so that a policy need not
 * know of capabilities.
 */
export type SelectModels = (request: SelectRequest) => RankedModel[]
