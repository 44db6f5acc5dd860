// Statements on `feedback` and `config_versions`: what is acknowledged only after it is safe on disk.
import { and, asc, eq } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { RouterError } from '../../errors.ts'
import type { Feedback, FeedbackWithDecision } from '../store.ts'
import { configVersions, decisions, feedback } from './schema.ts'

type Db = BetterSQLite3Database

export interface ConfigVersion {
  hash: string
  text: string
  author: string
  createdAtMs: number
}

/** Call it in a transaction. @throws RouterError `decision_not_found` */
export const writeFeedback = (db: Db, vote: Feedback): { replaced: boolean } => {
  const decision = db
    .select({ id: decisions.id })
    .from(decisions)
    .where(eq(decisions.id, vote.decisionId))
    .get()
  if (!decision) throw new RouterError('decision_not_found', 'No stored decision has this id.')
  const earlier = db
    .select({ id: feedback.id })
    .from(feedback)
    .where(and(eq(feedback.decisionId, vote.decisionId), eq(feedback.principal, vote.principal)))
    .get()
  db.insert(feedback)
    .values(vote)
    .onConflictDoUpdate({ target: [feedback.decisionId, feedback.principal], set: vote })
    .run()
  return { replaced: earlier !== undefined }
}

/** Oldest first; votes of one millisecond in the order of their ids. */
export const readFeedback = (db: Db): FeedbackWithDecision[] =>
  db
    .select({
      id: feedback.id,
      decisionId: feedback.decisionId,
      principal: feedback.principal,
      verdict: feedback.verdict,
      correctRoute: feedback.correctRoute,
      score: feedback.score,
      comment: feedback.comment,
      createdAtMs: feedback.createdAtMs,
      text: decisions.text,
      embedding: decisions.embedding,
      encoderId: decisions.encoderId,
      route: decisions.route,
      reason: decisions.reason,
    })
    .from(feedback)
    .innerJoin(decisions, eq(decisions.id, feedback.decisionId))
    .orderBy(asc(feedback.createdAtMs), asc(feedback.id))
    .all()

export const writeConfigVersion = (db: Db, version: ConfigVersion): void => {
  db.insert(configVersions).values(version).onConflictDoNothing().run()
}
