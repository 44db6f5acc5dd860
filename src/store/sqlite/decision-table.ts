// Statements on `decisions`. Writing is idempotent, because a batch is sent again if its acknowledgement is lost.
import {
  and,
  desc,
  eq,
  exists,
  getTableColumns,
  inArray,
  lt,
  not,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { StoredDecision } from '../../core/records/stored-decision.ts'
import { RouterError } from '../../errors.ts'
import type { DecisionPage, DecisionQuery } from '../store.ts'
import type { WriteEntry } from './batch.ts'
import type { Db } from './db.ts'
import { deleteDecisions } from './forget-table.ts'
import { COMPLETION_COLUMNS, fromDecisionRow } from './rows.ts'
import { type DecisionRow, decisions, feedback } from './schema/decisions.ts'
import { toBlob } from './schema/float32-vector.ts'
import { deleteStrayShadows } from './shadow-table.ts'
import { prepareCount } from './usage-table.ts'

export interface ExpiryQuery {
  /** Decisions without votes made before this are deleted. */
  beforeMs: number
  /** Decisions made before this are deleted with their feedback. */
  votedBeforeMs: number
  /** Most decisions of one call. */
  limit: number
}

/** Prepares the statements once: building the insert for each row cost five times as much as running it. */
export const prepareWriteEntries = (db: Db): ((entries: readonly WriteEntry[]) => void) => {
  const insert = db
    .insert(decisions)
    .values(placeholdersOf(Object.keys(getTableColumns(decisions)) as (keyof DecisionRow)[]))
    .onConflictDoNothing()
    .prepare()
  const complete = db
    .update(decisions)
    .set(placeholdersOf(COMPLETION_COLUMNS))
    .where(eq(decisions.id, sql.placeholder('id')))
    .prepare()
  const write = ({ id, row, completion }: WriteEntry): void => {
    if (row) insert.run({ ...row, ...completion, embedding: toBlob(row.embedding) })
    else if (completion) complete.run({ id, ...completion })
  }
  const count = prepareCount(db)
  return (entries) => {
    // Usage sums only count finished requests.
    const ended = entries.filter(({ completion }) => completion !== null).map(({ id }) => id)
    count(ended, -1)
    entries.forEach(write)
    count(ended, 1)
  }
}

/** Each name with the statement parameter of that name. */
const placeholdersOf = <K extends string>(names: readonly K[]): Record<K, SQL> => {
  const placeholders: Partial<Record<K, SQL>> = {}
  for (const name of names) placeholders[name] = sql`${sql.placeholder(name)}`
  return placeholders as Record<K, SQL>
}

export const readDecision = (db: Db, id: string): StoredDecision | null => {
  const row = db.select().from(decisions).where(eq(decisions.id, id)).get()
  return row ? fromDecisionRow(row) : null
}

/** Newest first. @throws RouterError `invalid_request` where `limit` isn't an integer of 1 to 1000 */
export const readDecisions = (db: Db, query: DecisionQuery): DecisionPage => {
  const { limit, before, route, reason, outcome, principals } = query
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
    throw new RouterError('invalid_request', '`limit` must be an integer from 1 to 1000.', {
      param: 'limit',
    })
  }
  const rows = db
    .select()
    .from(decisions)
    .where(
      and(
        before === undefined ? undefined : lt(decisions.id, before),
        route === undefined ? undefined : eq(decisions.route, route),
        reason === undefined ? undefined : eq(decisions.reason, reason as StoredDecision['reason']),
        outcome === undefined
          ? undefined
          : eq(decisions.outcome, outcome as StoredDecision['outcome']),
        principals === undefined ? undefined : inArray(decisions.principal, [...principals]),
      ),
    )
    .orderBy(desc(decisions.id))
    .limit(limit + 1)
    .all()
  const page = rows.slice(0, limit).map(fromDecisionRow)
  return { decisions: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null }
}

/** Deletes up to `limit` expired decisions, oldest first, with their dependent rows. @returns their number */
export const deleteExpired = (db: Db, query: ExpiryQuery): number => {
  const voted = db
    .select({ id: feedback.id })
    .from(feedback)
    .where(eq(feedback.decisionId, decisions.id))
  const expired = db
    .select({ id: decisions.id })
    .from(decisions)
    .where(
      and(
        lt(decisions.createdAtMs, query.beforeMs),
        or(lt(decisions.createdAtMs, query.votedBeforeMs), not(exists(voted))),
      ),
    )
    .orderBy(decisions.createdAtMs)
    .limit(query.limit)
    .all()
  deleteStrayShadows(db, query.beforeMs)
  return deleteDecisions(
    db,
    expired.map(({ id }) => id),
  )
}
