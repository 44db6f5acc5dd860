// The interface of the store: decisions, feedback, rulings, keys and configurations. Asynchronous, so that an engine in another thread
// or on another host can implement it.
import type { AlertRecord } from '../core/alerting/alert.ts'
import type { DailyUsage, StoredKey } from '../core/decide/gateway-key.ts'
import type { ArmVote, ShadowDecision, ShadowSummary } from '../core/records/arm-records.ts'
import type { ConfigActivation, ConfigVersion } from '../core/records/config-version.ts'
import type { DecisionSearch, DecisionSearchPage } from '../core/records/decision-search.ts'
import type { FailedAttempts } from '../core/records/failed-attempts.ts'
import type {
  Feedback,
  FeedbackSource,
  FeedbackWithDecision,
  VoteOnNeighbours,
} from '../core/records/feedback.ts'
import type {
  EvaluatedPrompt,
  OutcomeTotals,
  ServedExample,
  ServedOutcome,
} from '../core/records/model-outcome.ts'
import type { Ruling } from '../core/records/ruling.ts'
import type { ReplayRow, StoredDecision } from '../core/records/stored-decision.ts'
import type { ResponseQuery, StoredResponse } from '../core/records/stored-response.ts'
import type {
  UsagePercentiles,
  UsagePercentilesQuery,
  UsagePoint,
  UsageQuery,
  UsageSeriesQuery,
  UsageSum,
  UsageTimes,
  UsageTimesQuery,
} from '../core/records/usage.ts'
import type { Completion, Decision, Reason } from '../core/types.ts'

export type StoreText = 'full' | 'hash' | 'off'

export interface ReplayQuery {
  /** Number of newest rows; at most 5,000 per call. */
  limit: number
  sinceMs?: number
  /** Only decisions older than this id. */
  before?: string
  reasons?: Reason[]
}

/** Whose decisions are deleted. Exactly one is given. */
export type ForgetQuery =
  | { decisionId: string }
  | { sessionId: string }
  | { userDigest: string }
  | { principal: string }

export interface Forgotten {
  decisions: number
  feedback: number
}

export interface ArmVoteQuery {
  /** Only votes on decisions since this time. */
  decidedSinceMs: number
  votedSinceMs: number
  limit: number
}

export interface DecisionQuery {
  limit: number
  /** Only decisions older than this id (uuid v7 sorts by time). */
  before?: string
  route?: string
  reason?: string
  outcome?: string
  /** Only decisions of these principals. */
  principals?: readonly string[]
}

export interface VoteQuery {
  limit: number
  /** Only votes older than this id. */
  before?: string
  source?: FeedbackSource
  principal?: string
  /** Only votes on these decisions, at most a few hundred. */
  decisionIds?: string[]
}

export interface VotePageQuery {
  /** `next` of the previous page, 0 for the first. */
  after: number
  limit: number
}

export interface VotePage {
  votes: VoteOnNeighbours[]
  /** Null on the last page. */
  next: number | null
}

export interface OutcomeQuery {
  /** Up to 5,000. */
  limit: number
  /** Only outcomes of decisions older than this id. */
  before?: string
  route?: string
  sinceMs?: number
  /** Only outcomes of decisions with a vote after this time. */
  votedSinceMs?: number
}

export interface EvaluatedQuery {
  /** Up to 5,000. */
  limit: number
  /** Only prompts with a greater id. */
  after?: string
}

export interface RouteSpend {
  route: string
  requests: number
  /** Sum of the known costs. */
  costUsd: number
}

export interface DecisionPage {
  decisions: StoredDecision[]
  /** Pass as `before` for the next page; null on the last. */
  nextCursor: string | null
}

export interface StoreStats {
  queuedDecisions: number
  droppedDecisions: number
  /** Completions that were dropped. */
  droppedCompletions?: number
  /** Null while writes succeed, else the last write's error message (no values in it). */
  lastError: string | null
}

export interface Store {
  /** Queues a decision for the next batch. Never throws and never waits; a full queue drops and counts. */
  recordDecision(decision: Decision, outcome: 'pending' | 'dry_run'): void
  /** Queues the completion of a decision. */
  completeDecision(id: string, completion: Completion): void
  /** @throws RouterError `store_unavailable` */
  getDecision(id: string): Promise<StoredDecision | null>
  listDecisions(query: DecisionQuery): Promise<DecisionPage>
  /** For people who look through them, newest first: bounded whatever is asked, and without what a row does not show. */
  searchDecisions(query: DecisionSearch): Promise<DecisionSearchPage>
  /**
   * Resolves after commit (synchronous FULL). `replaced` where the principal had voted on this decision before.
   * @throws RouterError `decision_not_found`, `store_unavailable`
   */
  addFeedback(feedback: Feedback): Promise<{ replaced: boolean }>
  /**
   * Adds many votes in one commit, each as by `addFeedback`; false for those whose decision is not stored.
   * @throws RouterError `store_unavailable`: none is stored then
   */
  addVotes(votes: Feedback[]): Promise<boolean[]>
  /** The stored ones of these decisions with their routes; a few hundred per call. */
  listRoutesTaken(ids: string[]): Promise<{ id: string; route: string }[]>
  /** Votes without their decisions, newest first; `limit` up to 1,000. */
  listVotes(query: VoteQuery): Promise<Feedback[]>
  /** All effective feedback, oldest first. */
  listFeedback(): Promise<FeedbackWithDecision[]>
  /** Votes with their decisions' exemplars and nothing else, a page at a time: all votes of a large log are seconds' work. */
  listVotesOnNeighbours(query: VotePageQuery): Promise<VotePage>
  /** Another text whenever votes were added, replaced or deleted. */
  votesStamp(): Promise<string>
  /** Number of effective votes given after `sinceMs`, without implicit ones. */
  countNewVotes(sinceMs: number): Promise<number>
  /**
   * Decisions to replay, newest first; the next page follows with `before`, the last row's id.
   * @throws RouterError `invalid_request` where `limit` is not an integer from 1 to 5000
   */
  listReplayRows(query: ReplayQuery): Promise<ReplayRow[]>
  /** Numbers of the generations that stored decisions refer to, ascending. */
  listReferencedGenerations(): Promise<number[]>
  /** The votes on decisions that `forget` would delete, so that exemplars made of them can be named. */
  listForgettable(query: ForgetQuery): Promise<FeedbackWithDecision[]>
  /** Decisions that `forget` would delete. */
  countForgettable(query: ForgetQuery): Promise<number>
  /**
   * Deletes decisions with their votes, shadow decisions and rulings, and marks `exemplarIds` as forgotten: generations that contain one
   * are removed at the next rebuild. One commit, or several for more than 500 decisions; a repeated call continues where an earlier one
   * was interrupted. When it resolves, the texts are gone from the database's files.
   * @throws RouterError `store_unavailable`, also where all is deleted but a reader still holds the log with the texts
   */
  forget(query: ForgetQuery, exemplarIds: string[]): Promise<Forgotten>
  listForgottenExemplars(): Promise<string[]>
  /** Sums over finished requests, most requests first. */
  usage(query: UsageQuery): Promise<UsageSum[]>
  /** Time quantiles of served requests by name. */
  usageTimes(query: UsageTimesQuery): Promise<UsageTimes[]>
  /** The same over time, by outcome alone; the earliest first. */
  usageSeries(query: UsageSeriesQuery): Promise<UsagePoint[]>
  /** How long served requests took, right to a twentieth. */
  usagePercentiles(query: UsagePercentilesQuery): Promise<UsagePercentiles[]>
  /** Recomputes the sums from the stored decisions. @returns the time of the oldest; null where there is none */
  rebuildUsage(): Promise<number | null>
  /** Resolves after commit. */
  addRuling(ruling: Ruling): Promise<void>
  /** The latest ruling on each subject, oldest first. */
  listRulings(): Promise<Ruling[]>
  /** Stores an answer of the Responses API, replacing one of the same id and principal. */
  addResponse(response: StoredResponse): Promise<void>
  /** Null where there is none, or it has expired. */
  getResponse(query: ResponseQuery): Promise<StoredResponse | null>
  /** The response with those that it continues, oldest first; null where one of them is missing. */
  getResponseChain(query: ResponseQuery): Promise<StoredResponse[] | null>
  /** False where there is none. */
  deleteResponse(query: Pick<ResponseQuery, 'id' | 'principal'>): Promise<boolean>
  addShadowDecisions(rows: ShadowDecision[]): Promise<void>
  shadowSummary(generation: number): Promise<ShadowSummary>
  /** In the order of their time. */
  listArmVotes(query: ArmVoteQuery): Promise<ArmVote[]>
  /** Stores a version of the configuration, once per hash. */
  saveConfigVersion(version: ConfigVersion): Promise<void>
  /** Records the activation of a stored version. */
  addConfigActivation(activation: ConfigActivation): Promise<void>
  /** Every version, oldest first. */
  listConfigVersions(): Promise<ConfigVersion[]>
  /** Newest first, at most 200. */
  listConfigActivations(): Promise<ConfigActivation[]>
  /** Stores alerts that began or ended; at least one. Resolves after commit. */
  addAlertEvents(records: AlertRecord[]): Promise<void>
  /** Newest first. */
  listAlertEvents(limit: number): Promise<AlertRecord[]>
  /** Resolves after commit. @throws RouterError `store_unavailable` */
  createKey(key: StoredKey): Promise<void>
  /** All keys ever created, oldest first. */
  listKeys(): Promise<StoredKey[]>
  /** Resolves after commit; false for an unknown key. A key that is already revoked keeps its time. */
  revokeKey(revocation: { id: string; atMs: number }): Promise<boolean>
  /** Totals per key and day since `sinceDay` (YYYY-MM-DD). */
  readKeyUsage(sinceDay: string): Promise<DailyUsage[]>
  /** Replaces the totals of these keys and days. */
  writeKeyUsage(rows: DailyUsage[]): Promise<void>
  /** Failed attempts of decisions since `sinceMs`, grouped: most frequent first, at most 500 groups. */
  listFailedAttempts(sinceMs: number): Promise<FailedAttempts[]>
  /** Outcomes of served requests, newest first. */
  listServedOutcomes(query: OutcomeQuery): Promise<ServedOutcome[]>
  /** Served requests with votes or refusals, as training examples of the outcome model, newest first. */
  listServedExamples(query: OutcomeQuery): Promise<ServedExample[]>
  /** By route and model, for decisions since `sinceMs`. */
  outcomeTotals(sinceMs: number): Promise<OutcomeTotals[]>
  /** By route, for decisions since `sinceMs`. */
  routeSpend(sinceMs: number): Promise<RouteSpend[]>
  /** Resolves after commit. @returns for each whether it replaced an earlier one; some hundred per call */
  addEvaluatedPrompts(prompts: EvaluatedPrompt[]): Promise<boolean[]>
  /** Ordered by id. */
  listEvaluatedPrompts(query: EvaluatedQuery): Promise<EvaluatedPrompt[]>
  /** Deletes all of them. @returns their number */
  deleteEvaluatedPrompts(): Promise<number>
  /** Resolves when everything queued so far is committed. */
  flush(): Promise<void>
  stats(): StoreStats
  /** Flushes, truncates the write-ahead log and ends the engine. */
  close(): Promise<void>
}
