// Statements on `shadow_decisions`: what a shadow generation would have decided.
import { and, desc, eq, exists, inArray, lt, not, sql } from 'drizzle-orm'
import type { ShadowDecision, ShadowSummary } from '../../core/records/arm-records.ts'
import type { Db } from './db.ts'
import { decisions, shadowDecisions } from './schema/decisions.ts'

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

export interface ShadowPageQuery {
  generation: number
  /** Only rows before this decision; null for the newest. */
  before: string | null
  limit: number
  /** Most examples. */
  examples: number
}

/** Of one page; `moves` in no order. */
export interface ShadowPage extends ShadowSummary {
  /** Null on the last page. */
  next: string | null
}

const examplesOf = (db: Db, rows: readonly ShadowRow[]): ShadowSummary['examples'] => {
  const ids = rows.map(({ decisionId }) => decisionId)
  const texts = db
    .select({ id: decisions.id, text: decisions.text })
    .from(decisions)
    .where(inArray(decisions.id, ids))
    .all()
  const byId = new Map(texts.map(({ id, text }) => [id, text]))
  return rows.map((row) => ({ ...row, text: byId.get(row.decisionId) ?? null }))
}

type ShadowRow = Omit<ShadowSummary['examples'][number], 'text'>

/** Newest first. Rows whose decision is not stored (yet) do not count. */
export const readShadowPage = (db: Db, query: ShadowPageQuery): ShadowPage => {
  const { generation, before, limit } = query
  const read = db
    .select({
      decisionId: shadowDecisions.decisionId,
      route: decisions.route,
      shadowRoute: shadowDecisions.route,
    })
    .from(shadowDecisions)
    .leftJoin(decisions, eq(decisions.id, shadowDecisions.decisionId))
    .where(
      and(
        eq(shadowDecisions.generation, generation),
        before === null ? undefined : lt(shadowDecisions.decisionId, before),
      ),
    )
    .orderBy(desc(shadowDecisions.decisionId))
    .limit(limit)
    .all()
  const rows = read.filter((row): row is ShadowRow => row.route !== null)
  const differing = rows.filter(({ route, shadowRoute }) => route !== shadowRoute)
  return {
    decisions: rows.length,
    differing: differing.length,
    moves: movesOf(differing.map(({ route, shadowRoute }) => [route, shadowRoute, 1])),
    examples: examplesOf(db, differing.slice(0, query.examples)),
    next: read.length === limit ? (read.at(-1)?.decisionId ?? null) : null,
  }
}

/** Sums by both routes, the most frequent first. */
const movesOf = (
  counted: readonly (readonly [from: string, to: string, decisions: number])[],
): ShadowSummary['moves'] => {
  const moves = new Map<string, ShadowSummary['moves'][number]>()
  for (const [from, to, count] of counted) {
    const name = JSON.stringify([from, to])
    moves.set(name, { from, to, decisions: (moves.get(name)?.decisions ?? 0) + count })
  }
  return [...moves.values()].sort(
    (a, b) => b.decisions - a.decisions || compare(a.from, b.from) || compare(a.to, b.to),
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const LISTED_EXAMPLES = 50

export const NO_SHADOWS: ShadowSummary = { decisions: 0, differing: 0, moves: [], examples: [] }

export const addShadows = (one: ShadowSummary, other: ShadowSummary): ShadowSummary => ({
  decisions: one.decisions + other.decisions,
  differing: one.differing + other.differing,
  moves: movesOf(
    [...one.moves, ...other.moves].map((move) => [move.from, move.to, move.decisions]),
  ),
  examples: [...one.examples, ...other.examples],
})

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
