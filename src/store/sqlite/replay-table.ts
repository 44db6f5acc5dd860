// The query of a replay: only the needed columns of decisions, page by page.
import { and, desc, eq, gt, gte, inArray, isNotNull, lt, min, type SQL, sql } from 'drizzle-orm'
import type { ReplayRow } from '../../core/records/stored-decision.ts'
import type { ReplayQuery } from '../store.ts'
import type { Db } from './db.ts'
import { type PackedRows, packRows, unpackRows } from './packed-rows.ts'
import { decisions } from './schema/decisions.ts'

/** The unary + keeps SQLite from using the column's index: sorting its rows would read all their embeddings. */
const unindexed = (column: SQL.Aliased | typeof decisions.createdAtMs | typeof decisions.reason) =>
  sql`+${column}`

const matches = ({ before, sinceMs, reasons }: ReplayQuery): SQL | undefined =>
  and(
    before === undefined ? undefined : lt(decisions.id, before),
    sinceMs === undefined ? undefined : gte(unindexed(decisions.createdAtMs), sinceMs),
    reasonMatches(reasons),
  )

const reasonMatches = (reasons: ReplayQuery['reasons']): SQL | undefined => {
  const [only] = reasons ?? []
  if (!reasons || !only) return undefined
  // With a single reason its index gives the rows ordered by id.
  return reasons.length === 1
    ? eq(decisions.reason, only)
    : inArray(unindexed(decisions.reason), reasons)
}

/** Newest first. */
export const readReplayRows = (db: Db, query: ReplayQuery): PackedRows =>
  packRows(
    db
      .select({
        id: decisions.id,
        createdAtMs: decisions.createdAtMs,
        sessionId: decisions.sessionId,
        principal: decisions.principal,
        requestedModel: decisions.requestedModel,
        text: decisions.text,
        hasSignal: decisions.textHasSignal,
        embedding: sql<Buffer | null>`${decisions.embedding}`,
        encoderId: decisions.encoderId,
        route: decisions.route,
        model: decisions.model,
        reason: decisions.reason,
        confidence: decisions.confidence,
        threshold: decisions.threshold,
        inherited: decisions.inherited,
        indexGeneration: decisions.indexGeneration,
        arm: decisions.arm,
        configVersion: decisions.configVersion,
        outcome: decisions.outcome,
        costUsd: decisions.costUsd,
      })
      .from(decisions)
      .where(matches(query))
      .orderBy(desc(decisions.id))
      .limit(query.limit)
      .all(),
    ['inherited'],
  )

export const unpackReplayRows = (packed: PackedRows): ReplayRow[] =>
  unpackRows<Omit<ReplayRow, 'hasSignal'> & { hasSignal: number }>(packed).map((row) => ({
    ...row,
    hasSignal: row.hasSignal === 1,
  }))

/** One index look-up per generation, independent of the number of decisions. */
export const readReferencedGenerations = (db: Db): number[] => {
  const found: number[] = []
  const { indexGeneration } = decisions
  for (;;) {
    const last = found.at(-1)
    const lowest = db
      .select({ generation: min(indexGeneration) })
      .from(decisions)
      .where(last === undefined ? isNotNull(indexGeneration) : gt(indexGeneration, last))
      .get()?.generation
    if (lowest === null || lowest === undefined) return found
    found.push(lowest)
  }
}
