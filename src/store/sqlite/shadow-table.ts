// Statements on `shadow_decisions`: what a shadow generation would have decided.
import { and, asc, count, desc, eq, exists, lt, ne, not, sql } from 'drizzle-orm'
import type { ShadowDecision, ShadowSummary } from '../../core/records/arm-records.ts'
import type { Db } from './db.ts'
import { decisions, shadowDecisions } from './schema/decisions.ts'

const LISTED_EXAMPLES = 50

/** Rows per statement: one statement per row took four times as long. */
const ROWS_AT_ONCE = 500

/** Call it in a transaction. A decision that the same generation shadowed before is overwritten. */
export const writeShadowDecisions = (db: Db, rows: readonly ShadowDecision[]): void => {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    db.insert(shadowDecisions)
      .values(rows.slice(at, at + ROWS_AT_ONCE))
      .onConflictDoUpdate({
        target: [shadowDecisions.decisionId, shadowDecisions.generation],
        set: {
          route: sql`excluded.route`,
          reason: sql`excluded.reason`,
          confidence: sql`excluded.confidence`,
          createdAtMs: sql`excluded.created_at_ms`,
        },
      })
      .run()
  }
}

/** Rows whose decision is not stored (yet) do not count. */
export const readShadowSummary = (db: Db, generation: number): ShadowSummary => {
  const differs = ne(shadowDecisions.route, decisions.route)
  const isDecision = eq(decisions.id, shadowDecisions.decisionId)
  const ofGeneration = eq(shadowDecisions.generation, generation)
  const counted = db
    .select({ decisions: count(), differing: sql<number>`coalesce(sum(${differs}), 0)` })
    .from(shadowDecisions)
    .innerJoin(decisions, isDecision)
    .where(ofGeneration)
    .get()
  const examples = db
    .select({
      decisionId: decisions.id,
      route: decisions.route,
      shadowRoute: shadowDecisions.route,
      text: decisions.text,
    })
    .from(shadowDecisions)
    .innerJoin(decisions, isDecision)
    .where(and(ofGeneration, differs))
    .orderBy(desc(shadowDecisions.decisionId))
    .limit(LISTED_EXAMPLES)
    .all()
  const moves = db
    .select({ from: decisions.route, to: shadowDecisions.route, decisions: count() })
    .from(shadowDecisions)
    .innerJoin(decisions, isDecision)
    .where(and(ofGeneration, differs))
    .groupBy(decisions.route, shadowDecisions.route)
    .orderBy(desc(count()), asc(decisions.route), asc(shadowDecisions.route))
    .all()
  return {
    decisions: counted?.decisions ?? 0,
    differing: counted?.differing ?? 0,
    moves,
    examples,
  }
}

/** Deletes rows before `beforeMs` whose decision is not stored. */
export const deleteStrayShadows = (db: Db, beforeMs: number): void => {
  const itsDecision = db
    .select({ id: decisions.id })
    .from(decisions)
    .where(eq(decisions.id, shadowDecisions.decisionId))
  db.delete(shadowDecisions)
    .where(and(lt(shadowDecisions.createdAtMs, beforeMs), not(exists(itsDecision))))
    .run()
}
