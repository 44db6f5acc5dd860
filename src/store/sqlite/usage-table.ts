// Sums of decisions by minute and hour. They are written in the transaction of the rows that they are sums of, and by the one
// statement that makes them anew, so that the two are equal whenever the process dies. Dry runs are not counted, and what
// is under way counts when it has ended, under the time at which it was decided.
import { and, eq, gte, lt, min, ne, notInArray, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type {
  UsageDimension,
  UsageGrain,
  UsageQuery,
  UsageSum,
  UsageTimeKind,
} from '../../core/records/usage.ts'
import type { Db } from './db.ts'
import { decisions } from './schema/decisions.ts'
import { usageCounts, usageTimes } from './schema/usage.ts'

const GRAIN_MS: Record<UsageGrain, number> = { minute: 60_000, hour: 3_600_000 }
const GRAINS = Object.keys(GRAIN_MS) as UsageGrain[]

/** Minutes are for looking closely at the last days. */
const MINUTES_KEPT_MS = 3 * 86_400_000
const HOURS_KEPT_MS = 731 * 86_400_000

const NANO_USD = 1e9
/** A step is a tenth longer than the one before. */
export const STEP_RATIO = 1.1

const TIMES: Record<UsageTimeKind, SQLiteColumn> = {
  first_token: decisions.firstTokenMs,
  answer: decisions.totalMs,
}

const countedBy = (grain: UsageGrain) => ({
  grain: sql<UsageGrain>`${grain}`.as('grain'),
  startMs: sql<number>`${decisions.createdAtMs} - ${decisions.createdAtMs} % ${GRAIN_MS[grain]}`.as(
    'start_ms',
  ),
  route: decisions.route,
  model: sql<string>`COALESCE(${decisions.completionModel}, ${decisions.model})`.as('served_by'),
  principal: sql<string>`COALESCE(${decisions.principal}, '')`.as('asked_by'),
  reason: decisions.reason,
})

const isCounted = notInArray(decisions.outcome, ['pending', 'dry_run'])

type Condition = { which: SQL | undefined; sign: SQL }

const addCounts = (db: Db, grain: UsageGrain, { which, sign }: Condition) => {
  const by = { ...countedBy(grain), outcome: decisions.outcome }
  const total = (value: SQL) => sql<number>`CAST(${sign} * total(${value}) AS INTEGER)`
  const added = {
    requests: total(sql`1`).as('requests'),
    promptTokens: total(sql`${decisions.promptTokens}`).as('prompt_tokens'),
    completionTokens: total(sql`${decisions.completionTokens}`).as('completion_tokens'),
    costNanoUsd: total(sql`round(${decisions.costUsd} * ${NANO_USD})`).as('cost_nano_usd'),
    unpriced: total(sql`${decisions.costUsd} IS NULL AND ${decisions.outcome} = 'served'`).as(
      'unpriced',
    ),
  }
  return db
    .insert(usageCounts)
    .select(
      db
        .select({ ...by, ...added })
        .from(decisions)
        .where(and(isCounted, which))
        .groupBy(sql`1, 2, 3, 4, 5, 6, 7`),
    )
    .onConflictDoUpdate({
      target: [
        ...[usageCounts.grain, usageCounts.startMs, usageCounts.route, usageCounts.model],
        ...[usageCounts.principal, usageCounts.reason, usageCounts.outcome],
      ],
      set: {
        requests: sql`${usageCounts.requests} + excluded.requests`,
        promptTokens: sql`${usageCounts.promptTokens} + excluded.prompt_tokens`,
        completionTokens: sql`${usageCounts.completionTokens} + excluded.completion_tokens`,
        costNanoUsd: sql`${usageCounts.costNanoUsd} + excluded.cost_nano_usd`,
        unpriced: sql`${usageCounts.unpriced} + excluded.unpriced`,
      },
    })
}

const addTimes = (
  db: Db,
  { grain, kind }: { grain: UsageGrain; kind: UsageTimeKind },
  { which, sign }: Condition,
) => {
  const ms = TIMES[kind]
  const by = {
    ...countedBy(grain),
    kind: sql<UsageTimeKind>`${kind}`.as('kind'),
    step: sql<number>`CAST(ln(max(${ms}, 1)) / ln(${STEP_RATIO}) AS INTEGER)`.as('step'),
  }
  const isTimed = and(isCounted, eq(decisions.outcome, 'served'), sql`${ms} IS NOT NULL`)
  return db
    .insert(usageTimes)
    .select(
      db
        .select({ ...by, requests: sql<number>`${sign} * count(*)`.as('requests') })
        .from(decisions)
        .where(and(isTimed, which))
        .groupBy(sql`1, 2, 3, 4, 5, 6, 7, 8`),
    )
    .onConflictDoUpdate({
      target: [
        ...[usageTimes.grain, usageTimes.startMs, usageTimes.route, usageTimes.model],
        ...[usageTimes.principal, usageTimes.reason, usageTimes.kind, usageTimes.step],
      ],
      set: { requests: sql`${usageTimes.requests} + excluded.requests` },
    })
}

const additions = (db: Db, condition: Condition) =>
  GRAINS.flatMap((grain) => [
    addCounts(db, grain, condition),
    ...(Object.keys(TIMES) as UsageTimeKind[]).map((kind) =>
      addTimes(db, { grain, kind }, condition),
    ),
  ])

/** Adds a decision as it stands to the sums (`sign` 1), or takes it out of them (−1); one that is not there changes nothing. */
export const prepareCount = (db: Db): ((id: string, sign: 1 | -1) => void) => {
  const condition = {
    which: eq(decisions.id, sql.placeholder('id')),
    sign: sql`${sql.placeholder('sign')}`,
  }
  const statements = additions(db, condition).map((addition) => addition.prepare())
  return (id, sign) => {
    for (const statement of statements) statement.run({ id, sign })
  }
}

/** From when on the sums can be made of rows: the hour of the oldest, or the next where older ones were deleted. */
const firstWholeHour = (db: Db): number | null => {
  const oldest = db
    .select({ atMs: min(decisions.createdAtMs) })
    .from(decisions)
    .get()?.atMs
  if (oldest === null || oldest === undefined) return null
  const hour = Math.floor(oldest / GRAIN_MS.hour) * GRAIN_MS.hour
  const isCut = db
    .select({ startMs: usageCounts.startMs })
    .from(usageCounts)
    .where(and(eq(usageCounts.grain, 'hour'), lt(usageCounts.startMs, hour)))
    .limit(1)
    .get()
  return isCut ? hour + GRAIN_MS.hour : hour
}

/** Makes the sums anew from the decisions that are kept; those of earlier hours stay. @returns from when on */
export const rebuildUsage = (db: Db): number | null => {
  const fromMs = firstWholeHour(db)
  if (fromMs === null) return null
  db.delete(usageCounts).where(gte(usageCounts.startMs, fromMs)).run()
  db.delete(usageTimes).where(gte(usageTimes.startMs, fromMs)).run()
  const condition = { which: gte(decisions.createdAtMs, fromMs), sign: sql`1` }
  for (const addition of additions(db, condition)) addition.run()
  return fromMs
}

const COLUMNS: Record<UsageDimension, SQLiteColumn> = {
  route: usageCounts.route,
  model: usageCounts.model,
  principal: usageCounts.principal,
  reason: usageCounts.reason,
  outcome: usageCounts.outcome,
  start: usageCounts.startMs,
}

/** The most requests first. */
export const readUsage = (db: Db, { grain, fromMs, toMs, by }: UsageQuery): UsageSum[] => {
  const requests = sql<number>`sum(${usageCounts.requests})`
  return db
    .select({
      name: sql<string>`CAST(${COLUMNS[by]} AS TEXT)`,
      requests,
      failed: sql<number>`sum(iif(${usageCounts.outcome} IN ('failed', 'interrupted'), ${usageCounts.requests}, 0))`,
      promptTokens: sql<number>`sum(${usageCounts.promptTokens})`,
      completionTokens: sql<number>`sum(${usageCounts.completionTokens})`,
      costUsd: sql<number>`sum(${usageCounts.costNanoUsd}) / ${NANO_USD}`,
      unpriced: sql<number>`sum(${usageCounts.unpriced})`,
    })
    .from(usageCounts)
    .where(
      and(
        eq(usageCounts.grain, grain),
        gte(usageCounts.startMs, fromMs),
        lt(usageCounts.startMs, toMs),
        ne(usageCounts.requests, 0),
      ),
    )
    .groupBy(COLUMNS[by])
    .orderBy(sql`${requests} DESC`, COLUMNS[by])
    .all()
}

/** Minutes for three days, hours for two years. @returns how many rows went */
export const deleteExpiredUsage = (db: Db, nowMs: number): number => {
  const keptMs: Record<UsageGrain, number> = { minute: MINUTES_KEPT_MS, hour: HOURS_KEPT_MS }
  let deleted = 0
  for (const grain of GRAINS) {
    for (const table of [usageCounts, usageTimes]) {
      const isExpired = and(eq(table.grain, grain), lt(table.startMs, nowMs - keptMs[grain]))
      deleted += db.delete(table).where(isExpired).run().changes
    }
  }
  return deleted
}
