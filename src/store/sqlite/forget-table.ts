// Statements of `forget`: deletes the decisions of a session, a user or a key with their dependent rows. secure_delete zeroes a deleted
// row in place, but not the copies that remain in unused parts of pages when rows move between pages. So the file is rewritten
// afterwards, and until then `meta` marks the erasure as due.
import { and, count, eq, inArray, type SQL } from 'drizzle-orm'
import type { ForgetQuery, Forgotten } from '../store.ts'
import type { Db } from './db.ts'
import { decisions, feedback, shadowDecisions } from './schema/decisions.ts'
import { meta } from './schema/meta.ts'
import { evaluatedPrompts } from './schema/outcomes.ts'
import { storedResponses } from './schema/responses.ts'
import { forgottenExemplars, rulings } from './schema/rulings.ts'

export interface ForgetChunk {
  query: ForgetQuery
  exemplarIds: string[]
  nowMs: number
  /** Most decisions of one call. */
  limit: number
}

const ERASURE_DUE = 'erasure_due'

/** The decisions that a query is about. */
export const concerns = (query: ForgetQuery): SQL => {
  if ('decisionId' in query) return eq(decisions.id, query.decisionId)
  if ('sessionId' in query) return eq(decisions.sessionId, query.sessionId)
  if ('userDigest' in query) return eq(decisions.userDigest, query.userDigest)
  return eq(decisions.principal, query.principal)
}

/** Call it in a transaction, repeatedly until it finds fewer decisions than `limit`. */
export const forgetChunk = (
  db: Db,
  { query, exemplarIds, nowMs, limit }: ForgetChunk,
): Forgotten => {
  for (const exemplarId of exemplarIds) {
    db.insert(forgottenExemplars)
      .values({ exemplarId, forgottenAtMs: nowMs })
      .onConflictDoNothing()
      .run()
  }
  const ids = db
    .select({ id: decisions.id })
    .from(decisions)
    .where(concerns(query))
    .limit(limit)
    .all()
    .map(({ id }) => id)
  if (ids.length > 0) noteErasureDue(db, nowMs)
  if ('principal' in query) {
    const imported = db
      .delete(evaluatedPrompts)
      .where(eq(evaluatedPrompts.principal, query.principal))
      .run().changes
    if (imported > 0) noteErasureDue(db, nowMs)
  }
  const votes = db
    .select({ count: count() })
    .from(feedback)
    .where(inArray(feedback.decisionId, ids))
    .get()
  return { decisions: deleteDecisions(db, ids), feedback: votes?.count ?? 0 }
}

/** Votes are deleted by a foreign key; shadow decisions and rulings have none. @returns the number of deleted decisions */
export const deleteDecisions = (db: Db, ids: readonly string[]): number => {
  if (ids.length === 0) return 0
  db.delete(shadowDecisions).where(inArray(shadowDecisions.decisionId, ids)).run()
  db.delete(storedResponses).where(inArray(storedResponses.decisionId, ids)).run()
  db.delete(rulings)
    .where(and(eq(rulings.subject, 'decision'), inArray(rulings.subjectId, ids)))
    .run()
  return db.delete(decisions).where(inArray(decisions.id, ids)).run().changes
}

export const readForgottenExemplars = (db: Db): string[] =>
  db
    .select({ id: forgottenExemplars.exemplarId })
    .from(forgottenExemplars)
    .orderBy(forgottenExemplars.exemplarId)
    .all()
    .map(({ id }) => id)

/** Whether the file may still contain deleted texts. */
export const isErasureDue = (db: Db): boolean =>
  db.select().from(meta).where(eq(meta.key, ERASURE_DUE)).get() !== undefined

const noteErasureDue = (db: Db, nowMs: number): void => {
  const due = { key: ERASURE_DUE, value: String(nowMs) }
  db.insert(meta).values(due).onConflictDoNothing().run()
}

export const noteErasure = (db: Db): void => {
  db.delete(meta).where(eq(meta.key, ERASURE_DUE)).run()
}
