// The list of decisions that people look through. A filter that has an index is a range scan; the others look at the newest few
// thousand of that range and then stop, so that no question takes long, whatever is asked.
import { and, desc, eq, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type {
  DecisionSearch,
  DecisionSearchPage,
  ListedDecision,
} from '../../core/records/decision-search.ts'
import type { Outcome, Reason } from '../../core/types.ts'
import type { Db } from './db.ts'
import { decisions } from './schema/decisions.ts'

/** Rows that one question may look at. */
export const MOST_EXAMINED = 2_000

const SHOWN_CHARS = 200

const COLUMNS = {
  id: decisions.id,
  createdAtMs: decisions.createdAtMs,
  sessionId: decisions.sessionId,
  text: sql<string | null>`substr(${decisions.text}, 1, ${SHOWN_CHARS})`,
  route: decisions.route,
  reason: decisions.reason,
  model: sql<string>`COALESCE(${decisions.completionModel}, ${decisions.model})`,
  confidence: decisions.confidence,
  outcome: decisions.outcome,
  principal: decisions.principal,
  costUsd: decisions.costUsd,
  firstTokenMs: decisions.firstTokenMs,
  totalMs: decisions.totalMs,
  votes: sql<number>`(SELECT count(*) FROM feedback WHERE feedback.decision_id = decisions.id)`,
}

/** Each has an index that ends in the id; the rarest first, as the first that is given is scanned. */
const indexed = (query: DecisionSearch): SQL[] => {
  const { sessionId, outcome, principal, reason, route } = query
  const given: (SQL | null)[] = [
    sessionId === null ? null : eq(decisions.sessionId, sessionId),
    outcome === null ? null : eq(decisions.outcome, outcome as Outcome),
    principal === null ? null : eq(decisions.principal, principal),
    reason === null ? null : eq(decisions.reason, reason as Reason),
    route === null ? null : eq(decisions.route, route),
  ]
  return given.filter((condition) => condition !== null)
}

/** `instr` and no pattern: whatever is asked for stands for itself. */
const examined = ({ model, below, error, text }: DecisionSearch): SQL[] => {
  const failed = error === 'any' ? '"errorCode":"' : `"errorCode":${JSON.stringify(error)}`
  const given: (SQL | null)[] = [
    model === null ? null : sql`${COLUMNS.model} = ${model}`,
    below === null ? null : lt(decisions.confidence, below),
    error === null ? null : sql`instr(${decisions.attempts}, ${failed}) > 0`,
    text === null ? null : sql`instr(lower(${decisions.text}), lower(${text})) > 0`,
  ]
  return given.filter((condition) => condition !== null)
}

/** The ids that are looked at, and the last of them where there may be more. */
const candidatesOf = (db: Db, query: DecisionSearch, first: SQL | undefined) => {
  const { before } = query
  const ids = db
    .select({ id: decisions.id })
    .from(decisions)
    .where(and(first, before === null ? undefined : lt(decisions.id, before)))
    .orderBy(desc(decisions.id))
    .limit(MOST_EXAMINED)
    .all()
    .map(({ id }) => id)
  return { ids, last: ids.length === MOST_EXAMINED ? (ids.at(-1) ?? null) : null }
}

const pageOf = (rows: ListedDecision[], limit: number): DecisionSearchPage => {
  const page = rows.slice(0, limit)
  const isFull = rows.length > limit
  return {
    decisions: page,
    nextCursor: isFull ? (page.at(-1)?.id ?? null) : null,
    isPartial: false,
  }
}

/** Newest first. */
export const searchDecisions = (db: Db, query: DecisionSearch): DecisionSearchPage => {
  const { limit, before } = query
  const [first, ...others] = indexed(query)
  const rest = [...others, ...examined(query)]
  const list = (where: SQL | undefined) =>
    db
      .select(COLUMNS)
      .from(decisions)
      .where(where)
      .orderBy(desc(decisions.id))
      .limit(limit + 1)
      .all()
  if (rest.length === 0) {
    return pageOf(list(and(first, before === null ? undefined : lt(decisions.id, before))), limit)
  }
  const { ids, last } = candidatesOf(db, query, first)
  const page = pageOf(list(and(inArray(decisions.id, ids), ...rest)), limit)
  return page.nextCursor === null ? { ...page, nextCursor: last, isPartial: last !== null } : page
}
