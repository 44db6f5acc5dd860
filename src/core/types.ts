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
  /** Probabilities by each part of the classifier, for the explanation. */
  parts?: ClassificationParts
}

/** Probability of each route by each part alone (in the order of `routes`), and the parts' weights in the blend. */
export interface ClassificationParts {
  routes: string[]
  head: Float32Array
  neighbours: Float32Array
  centroids: Float32Array
  /** Null where the word head is not used. */
  words: Float32Array | null
  weights: { head: number; neighbours: number; centroids: number; words: number }
  /** Multiplies the weighted sum of log-probabilities before its softmax. */
  sharpness: number
  /** Weight, 0 to 1, of the nearest exemplars' own vote, because the prompt is a near-duplicate of one (see classifier/twin.ts). */
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
  | 'words'

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

/** The text that is classified, and flags of what was left out of it. */
export interface RoutingText {
  text: string
  /** sha256 of `text`, hex: stands in for the text where storing it is off. */
  digest: string
  isTruncated: boolean
  /** False where the prompt has nothing to classify: no letter, digit or attachment. */
  hasSignal: boolean
  flags: string[]
}

/**
 * What a decision inherited from earlier turns. The decision's scores are `weight` · `earlier` + (1 − `weight`) · `own`; for a
 * `tool_loop` the route is the earlier one, whatever the scores are.
 */
export interface Inheritance {
  /** Where the earlier turn was found: in the request's history, or in memory. */
  source: 'history' | 'memory' | 'tool_loop'
  /** Probability that this turn continues the earlier one, 0 to 1. */
  weight: number
  /** Cues in the turn's wording that it continues the earlier one, or does not. */
  cues: string[]
  /** Human turns back; null where it was found in memory. */
  turnsBack: number | null
  earlier: { route: string; confidence: number; novelty: number; scores: RouteScore[] }
  /**
   * The earlier turn's limit of novelty, above which no route is taken; applies where this turn has nothing to classify. Null: no
   * limit; absent in decisions made before it was stored.
   */
  noveltyLimit?: number | null
  /** The turn's own classification; null where there was nothing to classify. */
  own: { confidence: number; novelty: number; scores: RouteScore[] } | null
}

/** Which of two generations decided: the serving one, or a canary that gets a share of the sessions. */
export type Arm = 'serving' | 'canary'

/** Versions of the rules that turn a classification into a decision; see core/decide/recipe.ts. */
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
  /** Configured model id chosen to serve the request. */
  model: string
  reason: Reason
  /** Why the encoder's part is missing: an error code, or `words_first` where the words decided before it was needed; else null. */
  degradedBy: string | null
  /**
   * Probability that `route` is right; for `below_threshold`, that the best route, which was not taken, is right. Null where it is
   * not known.
   */
  confidence: number | null
  margin: number | null
  /** Threshold that the best route's confidence was compared with; null where no confidence was compared. */
  threshold: number | null
  scores: RouteScore[]
  neighbours: Neighbour[]
  /** Version of the rules that made the decision; see core/decide/recipe.ts. */
  recipe: Recipe
  /** The classification behind the decision; not stored, so null in decisions that are read back. */
  classification: Classification | null
  /** Null where the turn was decided by itself. */
  inherited: Inheritance | null
  indexGeneration: number | null
  encoderId: string | null
  configVersion: string
  timings: StageTimings
  /** Models that cannot serve the request, each with the reason. */
  skipped: { model: string; constraint: string; message: string }[]
  /** How the model was chosen; null where the configured order or the caller decided. */
  selection: Selection | null
  /** Logits of the word head, one per trained route; null where the word head is not used. */
  wordLogits: Float32Array | null
  /** Null where no generation was used. */
  arm: Arm | null
  /** sha256 of the caller's `user`, hex; null where there is none. Finds the data to erase for a user. */
  userDigest: string | null
  /** Id of the caller's key, `local` without keys; null where the caller is not known. */
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
  /** Details of the error; absent where none are known, and in attempts of earlier versions. */
  failure?: AttemptFailure
}

/** Details of an attempt's error that show its cause and hold nothing of the prompt. */
export interface AttemptFailure {
  /** Shape of the provider's message, see `messageShape`. */
  shape?: string
  /** Code of a network error: `ECONNREFUSED`. */
  causeCode?: string
  /** The provider refused the key: 401 or 403, or the equivalent in its dialect. */
  isKeyRejected?: true
  /** The failure was requested with the header x-router-fail-targets. */
  isForced?: true
}

export interface Usage {
  promptTokens: number
  completionTokens: number
  /** Part of `promptTokens` that the provider read from its cache, where it reports it. */
  cachedPromptTokens?: number
  /** Part of `promptTokens` that it wrote to its cache, in total. */
  cacheWriteTokens?: number
  /** Part of `cacheWriteTokens` that is kept for an hour rather than for minutes. */
  cacheWriteHourTokens?: number
  /** The answering model's name at the provider, where it is not the requested one. */
  servedBy?: string
  /** True where the provider reported no usage and it was estimated here. */
  isEstimated: boolean
}

export type Outcome = 'pending' | 'served' | 'failed' | 'interrupted' | 'client_closed' | 'dry_run'

/** Defect of an answer that was served: cut short, or a refusal. */
export type AnswerFlaw = 'truncated' | 'refused'

/** The outcome of a decision; written when the answer is complete. */
export interface Completion {
  outcome: Exclude<Outcome, 'pending' | 'dry_run'>
  /** Model that served, or that was tried last. */
  model: string
  attempts: Attempt[]
  usage: Usage | null
  /** Null where the model's price is unknown. */
  costUsd: number | null
  /** Kind of the cache hit, where the answer came from the cache; `usage` is then that of the original call. */
  cache?: 'exact' | 'semantic'
  /** Absent where the answer has no defect, or none is known. */
  flaw?: AnswerFlaw
  /** First content byte after the request came in. */
  firstTokenMs: number | null
  totalMs: number
}
