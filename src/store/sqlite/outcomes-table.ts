// Outcomes of models: from decisions and their votes, and from evaluated prompts. Outcomes of served requests have no table of their
// own, so that they are deleted with their decision.
import { and, asc, count, desc, eq, gt, gte, lt, notInArray, sql } from 'drizzle-orm'
import type {
  EvaluatedPrompt,
  OutcomeTotals,
  ServedExample,
  ServedOutcome,
} from '../../core/records/model-outcome.ts'
import type { Selection } from '../../core/select/selection.ts'
import type { Attempt } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import type { EvaluatedQuery, OutcomeQuery, RouteSpend } from '../store.ts'
import type { Db } from './db.ts'
import { decisions, feedback } from './schema/decisions.ts'
import { evaluatedPrompts } from './schema/outcomes.ts'

const MOST = 5_000

/** Condition for votes about the answer: a vote that names another route is about the route. */
const counts = sql`(${feedback.correctRoute} IS NULL OR ${feedback.correctRoute} = ${decisions.route})`
const weight = sql`CASE ${feedback.source} WHEN 'review' THEN 3.0 WHEN 'implicit' THEN 0.2 ELSE 1.0 END`
const worth = sql`COALESCE(${feedback.score}, ${feedback.verdict} = 'good')`
const ofDecision = sql`FROM ${feedback} WHERE ${feedback.decisionId} = ${decisions.id} AND ${counts}`

const VOTED = {
  score: sql<number | null>`(SELECT sum(${weight} * ${worth}) / sum(${weight}) ${ofDecision})`,
  weight: sql<number>`COALESCE((SELECT sum(${weight}) ${ofDecision}), 0)`,
}
const isRegenerated = sql<number>`EXISTS (SELECT 1 ${ofDecision} AND ${feedback.implicitKind} = 'regenerate')`

const servedBy = sql<string>`COALESCE(${decisions.completionModel}, ${decisions.model})`

const requireLimit = (limit: number): void => {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return
  throw new RouterError('invalid_request', `\`limit\` must be an integer from 1 to ${MOST}.`, {
    param: 'limit',
  })
}

const UNSERVED = ['pending', 'dry_run'] as const

/** With a route, its index gives the rows ordered by id; the other filters must not choose another index. */
const matches = ({ before, route, sinceMs, votedSinceMs }: OutcomeQuery) =>
  and(
    notInArray(sql`+${decisions.outcome}`, [...UNSERVED]),
    before === undefined ? undefined : lt(decisions.id, before),
    route === undefined ? undefined : eq(decisions.route, route),
    sinceMs === undefined ? undefined : gte(sql`+${decisions.createdAtMs}`, sinceMs),
    votedSinceMs === undefined
      ? undefined
      : sql`${decisions.id} IN (SELECT ${feedback.decisionId} FROM ${feedback} WHERE ${gt(feedback.createdAtMs, votedSinceMs)})`,
  )

const lastError = (attempts: string | null): string | null =>
  attempts === null ? null : ((JSON.parse(attempts) as Attempt[]).at(-1)?.errorCode ?? null)

const selectionOf = (selection: string | null): Selection | null =>
  selection === null ? null : JSON.parse(selection)

/** Newest first. @throws RouterError `invalid_request` where `limit` isn't an integer of 1 to 5000 */
export const readServedOutcomes = (db: Db, query: OutcomeQuery): ServedOutcome[] => {
  requireLimit(query.limit)
  const rows = db
    .select({
      id: decisions.id,
      createdAtMs: decisions.createdAtMs,
      route: decisions.route,
      model: servedBy,
      outcome: decisions.outcome,
      attempts: decisions.attempts,
      flaw: decisions.flaw,
      costUsd: decisions.costUsd,
      firstTokenMs: decisions.firstTokenMs,
      totalMs: decisions.totalMs,
      promptTokens: decisions.promptTokens,
      completionTokens: decisions.completionTokens,
      ...VOTED,
      isRegenerated,
      text: decisions.text,
      selection: decisions.selection,
    })
    .from(decisions)
    .where(matches(query))
    .orderBy(desc(decisions.id))
    .limit(query.limit)
    .all()
  return rows.map(({ attempts, selection, ...row }) => ({
    ...row,
    errorCode: lastError(attempts),
    isRegenerated: row.isRegenerated === 1,
    selection: selectionOf(selection),
  }))
}

/** Served requests that were scored or refused, newest first. @throws RouterError as `readServedOutcomes` */
export const readServedExamples = (db: Db, query: OutcomeQuery): ServedExample[] => {
  requireLimit(query.limit)
  const isScored = sql`(${decisions.flaw} = 'refused' OR EXISTS (SELECT 1 ${ofDecision}))`
  const rows = db
    .select({
      id: decisions.id,
      route: decisions.route,
      model: servedBy,
      flaw: decisions.flaw,
      costUsd: decisions.costUsd,
      ...VOTED,
      text: decisions.text,
      selection: decisions.selection,
      embedding: decisions.embedding,
      encoderId: decisions.encoderId,
    })
    .from(decisions)
    .where(and(matches(query), isScored))
    .orderBy(desc(decisions.id))
    .limit(query.limit)
    .all()
  return rows.map((row) => ({ ...row, selection: selectionOf(row.selection) }))
}

/** @param sinceMs time of the oldest decisions */
export const readOutcomeTotals = (db: Db, sinceMs: number): OutcomeTotals[] =>
  db
    .select({
      route: decisions.route,
      model: servedBy,
      requests: count(),
      served: sql<number>`sum(${decisions.outcome} = 'served')`,
      truncated: sql<number>`total(${decisions.flaw} = 'truncated')`,
      refused: sql<number>`total(${decisions.flaw} = 'refused')`,
      regenerated: sql<number>`sum(${isRegenerated})`,
      scored: sql<number>`count(${VOTED.score})`,
      score: sql<number | null>`avg(${VOTED.score})`,
      priced: count(decisions.costUsd),
      costUsd: sql<number>`total(${decisions.costUsd})`,
      firstTokenMs: sql<number | null>`avg(${decisions.firstTokenMs})`,
      totalMs: sql<number | null>`avg(${decisions.totalMs})`,
    })
    .from(decisions)
    .where(and(gte(decisions.createdAtMs, sinceMs), notInArray(decisions.outcome, [...UNSERVED])))
    .groupBy(decisions.route, servedBy)
    .orderBy(asc(decisions.route), asc(servedBy))
    .all()

/** Cost and number of requests of each route since a time. */
export const readRouteSpend = (db: Db, sinceMs: number): RouteSpend[] =>
  db
    .select({
      route: decisions.route,
      requests: count(),
      costUsd: sql<number>`total(${decisions.costUsd})`,
    })
    .from(decisions)
    .where(and(gte(decisions.createdAtMs, sinceMs), notInArray(decisions.outcome, [...UNSERVED])))
    .groupBy(decisions.route)
    .all()

/** Call it in a transaction. @returns for each whether it replaced an earlier one */
export const writeEvaluatedPrompts = (db: Db, prompts: readonly EvaluatedPrompt[]): boolean[] =>
  prompts.map(({ scores, costs, ...prompt }) => {
    const row = { ...prompt, scores: JSON.stringify(scores), costs: JSON.stringify(costs) }
    const known = db
      .select({ id: evaluatedPrompts.id })
      .from(evaluatedPrompts)
      .where(eq(evaluatedPrompts.id, row.id))
      .get()
    db.insert(evaluatedPrompts)
      .values(row)
      .onConflictDoUpdate({ target: evaluatedPrompts.id, set: row })
      .run()
    return known !== undefined
  })

/** Ordered by id. @throws RouterError `invalid_request` where `limit` is not an integer from 1 to 5000 */
export const readEvaluatedPrompts = (
  db: Db,
  { limit, after }: EvaluatedQuery,
): EvaluatedPrompt[] => {
  requireLimit(limit)
  return db
    .select()
    .from(evaluatedPrompts)
    .where(after === undefined ? undefined : gt(evaluatedPrompts.id, after))
    .orderBy(asc(evaluatedPrompts.id))
    .limit(limit)
    .all()
    .map(({ scores, costs, ...row }) => ({
      ...row,
      scores: JSON.parse(scores),
      costs: JSON.parse(costs),
    }))
}

/** Call it in a transaction. @returns the number of deleted rows */
export const deleteExpiredEvaluations = (db: Db, beforeMs: number): number =>
  db.delete(evaluatedPrompts).where(lt(evaluatedPrompts.createdAtMs, beforeMs)).run().changes

/** Call it in a transaction. @returns the number of deleted rows */
export const deleteEvaluatedPrompts = (db: Db): number => db.delete(evaluatedPrompts).run().changes
