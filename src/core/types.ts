// The values that travel through the pipeline. One word per idea; the same names stand in SQL, JSON and metrics.
import type { Selection } from './select/selection.ts'

export type ExemplarSource = 'seed' | 'import' | 'feedback'

/** A labelled example prompt. `id` is stable: derived from route and text where the file gives none. */
export interface Exemplar {
  id: string
  text: string
  route: string
  source: ExemplarSource
}

/** The route name of negative exemplars: prompts that belong to no route. */
export const NONE_ROUTE = 'none'

/** One exemplar near the prompt. `similarity` is the cosine of unit vectors, −1 to 1. */
export interface Neighbour {
  exemplarId: string
  route: string
  similarity: number
}

/** Score of one route; scores of one decision are comparable with each other, and sum to 1. */
export interface RouteScore {
  route: string
  score: number
}

/** What the classifier says of one prompt, before thresholds and constraints. */
export interface Classification {
  /** All trained routes (incl. `none`), best first; empty when there was nothing to compare with. */
  scores: RouteScore[]
  /** Calibrated probability that `scores[0].route` is right, 0 to 1. */
  confidence: number
  /** `scores[0].score − scores[1].score`. */
  margin: number
  neighbours: Neighbour[]
  /** How unlike the exemplars the prompt is; above `noveltyLimit` no route is taken. */
  novelty: number
  noveltyLimit: number
  /** What each part said, for the explanation. */
  parts?: ClassificationParts
}

/** Probability of each route by one part alone, its weight in the blend, and the routes' order. */
export interface ClassificationParts {
  routes: string[]
  head: Float32Array
  neighbours: Float32Array
  centroids: Float32Array
  /** Null where words do not count. */
  words: Float32Array | null
  weights: { head: number; neighbours: number; centroids: number; words: number }
  /** Multiplies the weighted sum of log-probabilities before its softmax. */
  sharpness: number
  /** Share of the decision that the nearest exemplars took alone, because the prompt is nearly one of them; 0 to 1. */
  twinShare: number
}

export type Reason =
  | 'matched'
  | 'below_threshold'
  | 'none_of_the_above'
  | 'unconfigured_route'
  | 'no_signal'
  | 'pinned'
  | 'session'
  | 'constrained'
  | 'experiment'
  | 'degraded'

/** Milliseconds spent in each stage of a decision; a stage that was skipped is absent. */
export interface StageTimings {
  routingTextMs?: number
  embedMs?: number
  searchMs?: number
  scoreMs?: number
  /** Classifying the earlier turn that this one may continue. */
  conversationMs?: number
  totalMs: number
}

/** The text that is classified, and what was noticed while it was made. */
export interface RoutingText {
  text: string
  /** sha256 of `text`, hex: stands in for the text where storing it is off. */
  digest: string
  isTruncated: boolean
  /** False where nothing in the prompt says what it is about. */
  hasSignal: boolean
  flags: string[]
}

/**
 * What a decision took over from the turns before it. The decision's scores are `weight` of `earlier` and the rest of
 * `own`; for a `tool_loop` the route is the earlier one, whatever the scores are.
 */
export interface Inheritance {
  /** Where the earlier turn was found: in the request's history, or in memory. */
  source: 'history' | 'memory' | 'tool_loop'
  /** Probability that this turn continues the earlier one, 0 to 1. */
  weight: number
  /** What of the turn's wording spoke for and against that. */
  cues: string[]
  /** Human turns back; null where it was found in memory. */
  turnsBack: number | null
  earlier: { route: string; confidence: number; novelty: number; scores: RouteScore[] }
  /**
   * Novelty above which no route is taken, as it came with the earlier turn: it holds where the turn has nothing to
   * classify. Null where nothing is too novel; absent in decisions of before it was kept.
   */
  noveltyLimit?: number | null
  /** The turn's classification by itself; null where there was nothing to classify. */
  own: { confidence: number; novelty: number; scores: RouteScore[] } | null
}

/** Which generation of two decided: the one in force, or one that is being tried on a share of the sessions. */
export type Arm = 'serving' | 'canary'

/** Versions of the rules by which a classification becomes a decision; see core/decide/recipe.ts. */
export type Recipe = 1 | 2 | 3

/** Which route was chosen, why, and everything needed to recompute it. */
export interface Decision {
  /** uuid v7. */
  id: string
  createdAtMs: number
  requestId: string
  sessionId: string | null
  /** `model` as the caller wrote it. */
  requestedModel: string
  routingText: RoutingText
  /** Unit vector, or null where the prompt was not embedded. */
  embedding: Float32Array | null
  route: string
  /** Configured model id that is to serve the route. */
  model: string
  reason: Reason
  /** Error code that made the decision `degraded`, else null. */
  degradedBy: string | null
  /**
   * Probability that `route` is right; for `below_threshold`, which is about the route that was not taken, that the best one
   * is. Null where nothing is known of it.
   */
  confidence: number | null
  margin: number | null
  /** That the best route's confidence was held against; null where no confidence was decisive. */
  threshold: number | null
  scores: RouteScore[]
  neighbours: Neighbour[]
  /** Version of the rules that it was decided by; see core/decide/recipe.ts. */
  recipe: Recipe
  /** What the decision was made from; not stored, so null in what is read back. */
  classification: Classification | null
  /** Null where the turn was taken by itself. */
  inherited: Inheritance | null
  indexGeneration: number | null
  encoderId: string | null
  configVersion: string
  timings: StageTimings
  /** Models that cannot serve the request, each with the reason. */
  skipped: { model: string; constraint: string; message: string }[]
  /** How the model was chosen; null where the configured order or the caller decided. */
  selection: Selection | null
  /** What the words alone said, one logit for each trained route; null where words do not count. */
  wordLogits: Float32Array | null
  /** Null where no generation was asked. */
  arm: Arm | null
  /** sha256 of the caller's `user`, hex; null where there is none. Finds what is to be forgotten. */
  userDigest: string | null
  /** Id of the key that asked, `local` without keys; null where nobody is known. */
  principal: string | null
}

/** One call to one model of one provider. */
export interface Attempt {
  provider: string
  model: string
  startedAtMs: number
  durationMs: number
  /** HTTP status of the provider, null where none was received. */
  status: number | null
  /** Error code, null where the attempt served. */
  errorCode: string | null
  /** What else is kept of an error; absent where nothing is known, and in attempts of earlier versions. */
  failure?: AttemptFailure
}

/** Of an attempt's error, what tells its cause and holds nothing of what was asked. */
export interface AttemptFailure {
  /** Of the provider's message, see `messageShape`. */
  shape?: string
  /** Of the network: `ECONNREFUSED`. */
  causeCode?: string
  /** 401 or 403, or its equal in the provider's dialect. */
  isKeyRejected?: true
  /** The request asked for it. */
  isForced?: true
}

export interface Usage {
  promptTokens: number
  completionTokens: number
  /** Those of `promptTokens` that the provider read from its cache, where it says so. */
  cachedPromptTokens?: number
  /** Those of `promptTokens` that it wrote to its cache, all together. */
  cacheWriteTokens?: number
  /** Those of `cacheWriteTokens` that are kept for an hour rather than for minutes. */
  cacheWriteHourTokens?: number
  /** The model's name at the provider, where another than the asked one has answered. */
  servedBy?: string
  /** True where the provider gave none and we counted ourselves. */
  isEstimated: boolean
}

export type Outcome = 'pending' | 'served' | 'failed' | 'interrupted' | 'client_closed' | 'dry_run'

/** What is wanting in an answer that was served: it was cut short, or declined. */
export type AnswerFlaw = 'truncated' | 'refused'

/** What became of a decision; written when the answer is complete. */
export interface Completion {
  outcome: Exclude<Outcome, 'pending' | 'dry_run'>
  /** Model that served, or that was tried last. */
  model: string
  attempts: Attempt[]
  usage: Usage | null
  /** Null where the model's price is unknown. */
  costUsd: number | null
  /** By which likeness the answer was found in the cache; absent where it was not: `usage` is then of the first call. */
  cache?: 'exact' | 'semantic'
  /** Absent where nothing is wanting, or nothing is known of it. */
  flaw?: AnswerFlaw
  /** First content byte after the request came in. */
  firstTokenMs: number | null
  totalMs: number
}
