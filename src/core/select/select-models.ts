// How a route's models are put in order for one request: each policy is one file of this folder. Policies are pure: all that
// they go by is in their request, so that a receipt can make the choice again.
import type { Random } from '../statistics/random.ts'

/** What is known of one model when a request is decided. It is kept with the decision. */
export interface Candidate {
  model: string
  /** Those of the prompt's tokens that its provider is expected to read from its cache. */
  cachedTokens: number
  /** Predicted tokens of the answer. */
  completionTokens: number
  /** Expected cost of the answer in USD; null where a price is unknown, which is never taken for free. */
  costUsd: number | null
  /** Decayed time to the first token; null where nothing is known of it. */
  firstTokenMs: number | null
  /** Decayed; null where nothing is known of it. */
  tokensPerSecond: number | null
  /** How often it has been called so far. */
  calls: number
  /** How long the oldest of its calls under way has waited for its first token; 0 where none waits. */
  pendingMs: number
  /** True where its speed has not been seen for so long that it may have changed. */
  isStale: boolean
  /** Until it may be called (breaker and cooldown); 0: now. */
  waitMs: number
  /** `learned`: what outcomes say of it for this prompt; absent where they say nothing. */
  estimate?: Estimate
}

/** What a model is expected to be worth on one prompt, and what was seen since the estimates were fitted. */
export interface Estimate {
  /** 0 to 1, with `shift` in it. */
  quality: number
  /** Half of the 90 % interval around it. */
  halfWidth: number
  /** Expected cost in USD, with `costFactor` in it, less what the provider's cache saves. */
  costUsd: number
  /** By how much answers of late were better than estimated. */
  shift: number
  /** By what factor answers of late cost more than estimated. */
  costFactor: number
}

/** `learned`: what is to be kept. */
export type Target =
  /** Share of the best model's quality, at the least cost. */
  | { quality: number }
  /** The best quality for so much a day of UTC. */
  | { usdPerDay: number }

/** What a route's `select` says beside the policy's name. */
export interface SelectSettings {
  /** `weighted`: by model; 1 where it names none. */
  weights: Readonly<Record<string, number>>
  /** `balanced`: 0 looks at the cost alone, 1 at the quality alone. */
  costQuality: number
  /** `balanced`: by model, 0 to 1; by their order where it names none. */
  quality: Readonly<Record<string, number>>
  /** `learned`: null for the other policies. */
  target: Target | null
}

/** The model that the conversation is with. */
export interface HeldModel {
  model: string
  /** True within a task that is under way: another model could not go on with it. */
  isToolLoop: boolean
}

export interface SelectRequest {
  route: string
  /** Models of the route that the caller may use, in configured order; never empty. */
  candidates: readonly Candidate[]
  settings: SelectSettings
  /** Null at the start of a conversation. */
  held: HeldModel | null
  /** `learned`: points of quality that one USD is worth; absent or null where outcomes are too few to solve it. */
  price?: number | null
  random: Random
}

export interface RankedModel {
  model: string
  /** Probability, 0 to 1, that the policy puts this model first for this request; 1 where it leaves nothing to chance. */
  propensity: number
}

/**
 * Every candidate once, the most wanted first. Models that cannot serve the request are passed over afterwards in this order,
 * so that a policy need not know of them.
 */
export type SelectModels = (request: SelectRequest) => RankedModel[]
