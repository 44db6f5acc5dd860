// Decisions and feedback, kept. Async, so that an engine off the main thread or on another host can stand behind it.
import type { DailyUsage, StoredKey } from '../core/gateway-key.ts'
import type { Completion, Decision, Outcome } from '../core/types.ts'

export type StoreText = 'full' | 'hash' | 'off'

/** A decision as stored: with its completion once there is one. */
export interface StoredDecision extends Decision {
  outcome: Outcome
  completion: Completion | null
}

export type Verdict = 'good' | 'bad'

export interface Feedback {
  /** uuid v7. */
  id: string
  decisionId: string
  /** Who voted: one effective vote per decision and principal, the latest wins. */
  principal: string
  verdict: Verdict
  correctRoute: string | null
  /** 0 to 1, null where the caller gave none. */
  score: number | null
  comment: string | null
  createdAtMs: number
}

/** Feedback with what a rebuild needs of its decision. */
export interface FeedbackWithDecision extends Feedback {
  /** Null where text is not stored. */
  text: string | null
  embedding: Float32Array | null
  encoderId: string | null
  route: string
  /** Of the decision; a `session` one was about an earlier turn. */
  reason: string
}

export interface DecisionQuery {
  limit: number
  /** Only decisions older than this id (uuid v7 sorts by time). */
  before?: string
  route?: string
  reason?: string
  outcome?: string
  /** Only decisions that this principal asked for. */
  principal?: string
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
  /** All effective feedback, oldest first. */
  listFeedback(): Promise<FeedbackWithDecision[]>
  /** Keeps a configuration that served, once per hash. */
  saveConfigVersion(version: {
    hash: string
    text: string
    author: string
    createdAtMs: number
  }): Promise<void>
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
  /** Resolves when everything queued so far is committed. */
  flush(): Promise<void>
  stats(): StoreStats
  /** Flushes, truncates the write-ahead log and ends the engine. */
  close(): Promise<void>
}
