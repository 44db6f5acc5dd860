// The interface of the store: decisions, feedback, rulings, keys and configurations. It is asynchronous, so that an engine in
// another thread or on another host can implement it.
import type { AlertRecord } from '../core/alerting/alert.ts'
import type { DailyUsage, StoredKey } from '../core/decide/gateway-key.ts'
import type { ArmVote, ShadowDecision, ShadowSummary } from '../core/records/arm-records.ts'
import type { ConfigActivation, ConfigVersion } from '../core/records/config-version.ts'
import type { FailedAttempts } from '../core/records/failed-attempts.ts'
import type { Feedback, FeedbackSource, FeedbackWithDecision } from '../core/records/feedback.ts'
import type {
  EvaluatedPrompt,
  OutcomeTotals,
  ServedExample,
  ServedOutcome,
} from '../core/records/model-outcome.ts'
import type { Ruling } from '../core/records/ruling.ts'
import type { ReplayRow, StoredDecision } from '../core/records/stored-decision.ts'
import type { ResponseQuery, StoredResponse } from '../core/records/stored-response.ts'
import type { UsageQuery, UsageSum } from '../core/records/usage.ts'
import type { Completion, Decision, Reason } from '../core/types.ts'

export type StoreText = 'full' | 'hash' | 'off'

export interface ReplayQuery {
  /** At most so many, the newest; up to 5,000 a call. */
  limit: number
  sinceMs?: number
  /** Only decisions older than this id. */
  before?: string
  reasons?: Reason[]
}

/** Whose decisions are to go. Exactly one is given. */
export type ForgetQuery = { sessionId: string } | { userDigest: string } | { principal: string }

export interface Forgotten {
  decisions: number
  feedback: number
}

export interface ArmVoteQuery {
  /** Only votes on decisions of this time and later. */
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
  /** Only decisions that one of these principals asked for. */
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

export interface OutcomeQuery {
  /** Up to 5,000. */
  limit: number
  /** Only of decisions older than this id. */
  before?: string
  route?: string
  sinceMs?: number
  /** Only of decisions that got a vote after this time. */
  votedSinceMs?: number
}

export interface EvaluatedQuery {
  /** Up to 5,000. */
  limit: number
  /** Only those behind this id. */
  after?: string
}

export interface RouteSpend {
  route: string
  requests: number
  /** Of those whose cost is known. */
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
  /** Completions that were lost while their decision was kept or had been dropped before. */
  droppedCompletions?: number
  /** Null while writes succeed, else the last write's error message (no values in it). */
  lastError: string | null
}

export interface Store {
  /** Queues a decision for the next batch. Never throws and never waits; a full queue drops and counts. */
  recordDecision(decision: Decision, outcome: 'pending' | 'dry_run'): void
  /** Queues what became of a decision. */
  completeDecision(id: string, completion: Completion): void
  /** @throws RouterError `store_unavailable` */
  getDecision(id: string): Promise<StoredDecision | null>
  listDecisions(query: DecisionQuery): Promise<DecisionPage>
  /**
   * Resolves after commit (synchronous FULL). `replaced` where the principal had voted on this decision before.
   * @throws RouterError `decision_not_found`, `store_unavailable`
   */
  addFeedback(feedback: Feedback): Promise<{ replaced: boolean }>
  /**
   * Many votes in one commit, as `addFeedback` takes each; false for those whose decision is not stored.
   * @throws RouterError `store_unavailable`: then none is taken
   */
  addVotes(votes: Feedback[]): Promise<boolean[]>
  /** Those of these decisions that are stored, with the route each took; a few hundred a call. */
  listRoutesTaken(ids: string[]): Promise<{ id: string; route: string }[]>
  /** Votes alone, newest first; `limit` up to 1,000. */
  listVotes(query: VoteQuery): Promise<Feedback[]>
  /** All effective feedback, oldest first. */
  listFeedback(): Promise<FeedbackWithDecision[]>
  /** Effective votes that were given after `sinceMs`; implicit ones do not count. */
  countNewVotes(sinceMs: number): Promise<number>
  /**
   * Decisions to replay, the newest first; read on with `before`, the last row's id.
   * @throws RouterError `invalid_request` where `limit` isn't an integer of 1 to 5000
   */
  listReplayRows(query: ReplayQuery): Promise<ReplayRow[]>
  /** Numbers of the generations that stored decisions were made with, lowest first. */
  listReferencedGenerations(): Promise<number[]>
  /** The votes on decisions that `forget` would delete, so that exemplars made of them can be named. */
  listForgettable(query: ForgetQuery): Promise<FeedbackWithDecision[]>
  /** Decisions that `forget` would delete. */
  countForgettable(query: ForgetQuery): Promise<number>
  /**
   * Deletes decisions with their votes, shadows and rulings, and keeps `exemplarIds` as forgotten: generations that hold
   * one go at the next rebuild. One commit, or several for more than 500 decisions; run again, it goes on where it was
   * interrupted. When it resolves, the text is gone from the database's files.
   * @throws RouterError `store_unavailable`, also where all is deleted but a reader still holds the log with the text
   */
  forget(query: ForgetQuery, exemplarIds: string[]): Promise<Forgotten>
  listForgottenExemplars(): Promise<string[]>
  /** Sums of requests that have ended, the most requests first. */
  usage(query: UsageQuery): Promise<UsageSum[]>
  /** Makes the sums anew from the decisions that are kept. @returns from when on they are; null where there is none */
  rebuildUsage(): Promise<number | null>
  /** Resolves after commit. */
  addRuling(ruling: Ruling): Promise<void>
  /** The ruling in force on each subject, oldest first. */
  listRulings(): Promise<Ruling[]>
  /** Keeps an answer of the Responses API, in place of one of the same id and principal. */
  addResponse(response: StoredResponse): Promise<void>
  /** Null where there is none, or it has expired. */
  getResponse(query: ResponseQuery): Promise<StoredResponse | null>
  /** With those that it goes on with, the oldest first; null where one of them is gone. */
  getResponseChain(query: ResponseQuery): Promise<StoredResponse[] | null>
  /** False where there is none. */
  deleteResponse(query: Pick<ResponseQuery, 'id' | 'principal'>): Promise<boolean>
  addShadowDecisions(rows: ShadowDecision[]): Promise<void>
  shadowSummary(generation: number): Promise<ShadowSummary>
  /** In the order in which they were given. */
  listArmVotes(query: ArmVoteQuery): Promise<ArmVote[]>
  /** Keeps a configuration that served, once per hash. */
  saveConfigVersion(version: ConfigVersion): Promise<void>
  /** Notes that a kept configuration began to serve. */
  addConfigActivation(activation: ConfigActivation): Promise<void>
  /** Every configuration that served, the oldest first. */
  listConfigVersions(): Promise<ConfigVersion[]>
  /** The newest first, at most 200. */
  listConfigActivations(): Promise<ConfigActivation[]>
  /** Keeps what alerts began and ended; at least one. Resolves after commit. */
  addAlertEvents(records: AlertRecord[]): Promise<void>
  /** The newest first; at most so many. */
  listAlertEvents(limit: number): Promise<AlertRecord[]>
  /** Resolves after commit. @throws RouterError `store_unavailable` */
  createKey(key: StoredKey): Promise<void>
  /** All keys ever made, the oldest first. */
  listKeys(): Promise<StoredKey[]>
  /** Resolves after commit; false where there is no such key. One that was revoked stays revoked as of then. */
  revokeKey(revocation: { id: string; atMs: number }): Promise<boolean>
  /** Totals of each key and day from `sinceDay` (YYYY-MM-DD) on. */
  readKeyUsage(sinceDay: string): Promise<DailyUsage[]>
  /** Replaces the totals of these keys and days. */
  writeKeyUsage(rows: DailyUsage[]): Promise<void>
  /** Failed attempts of decisions of `sinceMs` and later, those that are alike as one: the most first, at most 500. */
  listFailedAttempts(sinceMs: number): Promise<FailedAttempts[]>
  /** What became of requests, newest first. */
  listServedOutcomes(query: OutcomeQuery): Promise<ServedOutcome[]>
  /** Those that were voted on or refused, with what a model is fitted on, newest first. */
  listServedExamples(query: OutcomeQuery): Promise<ServedExample[]>
  /** By route and model, of decisions of `sinceMs` and later. */
  outcomeTotals(sinceMs: number): Promise<OutcomeTotals[]>
  /** By route, of decisions of `sinceMs` and later. */
  routeSpend(sinceMs: number): Promise<RouteSpend[]>
  /** Resolves after commit. @returns for each whether it took the place of an earlier one; some hundred a call */
  addEvaluatedPrompts(prompts: EvaluatedPrompt[]): Promise<boolean[]>
  /** In the order of their ids. */
  listEvaluatedPrompts(query: EvaluatedQuery): Promise<EvaluatedPrompt[]>
  /** Deletes all of them. @returns how many went */
  deleteEvaluatedPrompts(): Promise<number>
  /** Resolves when everything queued so far is committed. */
  flush(): Promise<void>
  stats(): StoreStats
  /** Flushes, truncates the write-ahead log and ends the engine. */
  close(): Promise<void>
}
