// Statements on `feedback`, which is acknowledged only after it is durable on disk.
import { and, asc, count, eq, gt, ne, sql } from 'drizzle-orm'
import type { Feedback, FeedbackWithDecision } from '../../core/records/feedback.ts'
import { RouterError } from '../../errors.ts'
import type { ForgetQuery } from '../store.ts'
import type { Db } from './db.ts'
import { concerns } from './forget-table.ts'
import { type PackedRows, packRows, unpackRows } from './packed-rows.ts'
import { decisions, feedback } from './schema/decisions.ts'

export interface FeedbackPageQuery {
  /** Only votes on these decisions; null for all. */
  of: ForgetQuery | null
  /** `next` of the previous page, 0 for the first. */
  after: number
  limit: number
}

export interface FeedbackPage {
  rows: PackedRows
  /** Null on the last page. */
  next: number | null
}

/**
 * Call it in a transaction. An implicit vote does not replace another kind of the same principal.
 * @throws RouterError `decision_not_found`
 */
export const writeFeedback = (db: Db, vote: Feedback): { replaced: boolean } => {
  const decision = db
    .select({ id: decisions.id })
    .from(decisions)
    .where(eq(decisions.id, vote.decisionId))
    .get()
  if (!decision) throw new RouterError('decision_not_found', 'No stored decision has this id.')
  const earlier = db
    .select({ source: feedback.source })
    .from(feedback)
    .where(and(eq(feedback.decisionId, vote.decisionId), eq(feedback.principal, vote.principal)))
    .get()
  if (earlier && earlier.source !== 'implicit' && vote.source === 'implicit') {
    return { replaced: false }
  }
  db.insert(feedback)
    .values(vote)
    .onConflictDoUpdate({ target: [feedback.decisionId, feedback.principal], set: vote })
    .run()
  return { replaced: earlier !== undefined }
}

const rowid = sql<number>`${feedback}.rowid`

/** A key has many decisions: the unary + keeps SQLite from looking all of them up for each page. */
const votedOn = (of: ForgetQuery) =>
  'principal' in of ? eq(sql`+${decisions.principal}`, of.principal) : concerns(of)

/** In the order of `rowid`, which a replaced vote keeps: no vote is on two pages or missed. */
export const readFeedbackPage = (db: Db, { of, after, limit }: FeedbackPageQuery): FeedbackPage => {
  const rows = db
    .select({
      rowid,
      id: feedback.id,
      decisionId: feedback.decisionId,
      principal: feedback.principal,
      verdict: feedback.verdict,
      correctRoute: feedback.correctRoute,
      score: feedback.score,
      comment: feedback.comment,
      source: feedback.source,
      implicitKind: feedback.implicitKind,
      createdAtMs: feedback.createdAtMs,
      text: decisions.text,
      embedding: sql<Buffer | null>`${decisions.embedding}`,
      encoderId: decisions.encoderId,
      route: decisions.route,
      reason: decisions.reason,
      confidence: decisions.confidence,
      neighbours: decisions.neighbours,
      indexGeneration: decisions.indexGeneration,
      arm: decisions.arm,
      decidedAtMs: decisions.createdAtMs,
    })
    .from(feedback)
    .innerJoin(decisions, eq(decisions.id, feedback.decisionId))
    .where(and(gt(rowid, after), of ? votedOn(of) : undefined))
    .orderBy(asc(rowid))
    .limit(limit)
    .all()
  return {
    rows: packRows(rows, ['neighbours']),
    next: rows.length === limit ? (rows.at(-1)?.rowid ?? null) : null,
  }
}

export const unpackFeedback = (packed: PackedRows): FeedbackWithDecision[] =>
  unpackRows<FeedbackWithDecision & { rowid: number }>(packed).map(({ rowid: _, ...vote }) => vote)

/** Number of votes after `sinceMs`, without implicit ones. */
export const countNewVotes = (db: Db, sinceMs: number): number =>
  db
    .select({ votes: count() })
    .from(feedback)
    .where(and(gt(feedback.createdAtMs, sinceMs), ne(feedback.source, 'implicit')))
    .get()?.votes ?? 0
