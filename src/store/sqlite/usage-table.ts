// Sums of decisions by minute, hour and day. They are written in the transaction of the rows that they are sums of, and by the one
// statement that makes them anew, so that the two are equal whenever the process dies. Dry runs are not counted, and what
// is under way counts when it has ended, under the time at which it was decided.
import { and, eq, gte, inArray, lt, min, ne, notInArray, or, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type {
  UsageDimension,
  UsageQuery,
  UsageSum,
  UsageTimeKind,
} from '../../core/records/usage.ts'
import type { Reason } from '../../core/types.ts'
import type { Db } from './db.ts'
import { decisions } from './schema/decisions.ts'
import { type StoredGrain, usageCounts, usageTimes } from './schema/usage.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

type Counted = 'route' | 'model' | 'principal' | 'reason'

const EVERY: readonly Counted[] = ['route', 'model', 'principal', 'reason']

/** One way of summing: over which time, and by what. */
interface Summing {
  grain: StoredGrain
  ms: number
  keeps: readonly Counted[]
  /** Sums of the sums by hour: a rebuild makes them of those, as it may begin within a day. */
  isDerived?: true
}

const COUNTS: readonly Summing[] = [
  { grain: 'minute', ms: 60_000, keeps: EVERY },
  { grain: 'hour', ms: HOUR_MS, keeps: EVERY },
  { grain: 'day', ms: DAY_MS, keeps: EVERY, isDerived: true },
  { grain: 'hour:all', ms: HOUR_MS, keeps: [], isDerived: true },
]

/** Times spread so wide that a day would have as many rows as its hours: beyond an hour one dimension at a time is kept. */
const SPREADS: readonly Summing[] = [
  { grain: 'minute', ms: 60_000, keeps: EVERY },
  { grain: 'hour', ms: HOUR_MS, keeps: EVERY },
  { grain: 'hour:all', ms: HOUR_MS, keeps: [], isDerived: true },
  { grain: 'hour:route', ms: HOUR_MS, keeps: ['route'], isDerived: true },
  { grain: 'hour:model', ms: HOUR_MS, keeps: ['model'], isDerived: true },
  { grain: 'day:all', ms: DAY_MS, keeps: [], isDerived: true },
  { grain: 'day:route', ms: DAY_MS, keeps: ['route'], isDerived: true },
  { grain: 'day:model', ms: DAY_MS, keeps: ['model'], isDerived: true },
]

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

const keptOf = <T extends string>({ keeps }: Summing, name: Counted, value: SQL) =>
  sql<T>`${keeps.includes(name) ? value : sql`''`}`.as(`counted_${name}`)

const countedBy = (summing: Summing) => {
  // A decision's time has fractions of a millisecond, which the remainder would leave behind.
  const at = sql`CAST(${decisions.createdAtMs} AS INTEGER)`
  const model = sql`COALESCE(${decisions.completionModel}, ${decisions.model})`
  return {
    grain: sql<StoredGrain>`${summing.grain}`.as('grain'),
    startMs: sql<number>`${at} - ${at} % ${summing.ms}`.as('start_ms'),
    route: keptOf<string>(summing, 'route', sql`${decisions.route}`),
    model: keptOf<string>(summing, 'model', model),
    principal: keptOf<string>(summing, 'principal', sql`COALESCE(${decisions.principal}, '')`),
    reason: keptOf<Reason>(summing, 'reason', sql`${decisions.reason}`),
  }
}

const isCounted = notInArray(decisions.outcome, ['pending', 'dry_run'])

type Condition = { which: SQL | undefined; sign: SQL }

const addCounts = (db: Db, summing: Summing, { which, sign }: Condition) => {
  const by = { ...countedBy(summing), outcome: decisions.outcome }
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
  { summing, kind }: { summing: Summing; kind: UsageTimeKind },
  { which, sign }: Condition,
) => {
  const ms = TIMES[kind]
  const by = {
    ...countedBy(summing),
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

const KINDS = Object.keys(TIMES) as UsageTimeKind[]

const additions = (db: Db, condition: Condition, isWanted: (summing: Summing) => boolean) => [
  ...COUNTS.filter(isWanted).map((summing) => addCounts(db, summing, condition)),
  ...SPREADS.filter(isWanted).flatMap((summing) =>
    KINDS.map((kind) => addTimes(db, { summing, kind }, condition)),
  ),
]

/**
 * Adds decisions as they stand to the sums (`sign` 1), or takes them out of them (−1); those that are not there change nothing. Twenty
 * statements, for one decision as for a batch of them.
 */
export const prepareCount = (db: Db): ((ids: readonly string[], sign: 1 | -1) => void) => {
  const which = sql`${decisions.id} IN (SELECT value FROM json_each(${sql.placeholder('ids')}))`
  const condition = { which, sign: sql`${sql.placeholder('sign')}` }
  const statements = additions(db, condition, () => true).map((addition) => addition.prepare())
  const find = db
    .select({ id: decisions.id })
    .from(decisions)
    .where(and(which, isCounted))
    .limit(1)
    .prepare()
  return (all, sign) => {
    const ids = JSON.stringify(all)
    // Most have not ended before: there is nothing to take out.
    if (find.get({ ids }) === undefined) return
    for (const statement of statements) statement.run({ ids, sign })
  }
}

/** From when on the sums can be made of rows: the hour of the oldest, or the next where older ones were deleted. */
const firstWholeHour = (db: Db): number | null => {
  const oldest = db
    .select({ atMs: min(decisions.createdAtMs) })
    .from(decisions)
    .get()?.atMs
  if (oldest === null || oldest === undefined) return null
  const hour = Math.floor(oldest / HOUR_MS) * HOUR_MS
  const isCut = db
    .select({ startMs: usageCounts.startMs })
    .from(usageCounts)
    .where(and(eq(usageCounts.grain, 'hour'), lt(usageCounts.startMs, hour)))
    .limit(1)
    .get()
  return isCut ? hour + HOUR_MS : hour
}

type UsageTable = typeof usageCounts | typeof usageTimes

const derivedColumns = (table: UsageTable, { grain, ms, keeps }: Summing): SQL => {
  const names = EVERY.map((name) => (keeps.includes(name) ? sql`${table[name]}` : sql`''`))
  return sql`${grain}, ${table.startMs} - ${table.startMs} % ${ms}, ${sql.join(names, sql`, `)}`
}

const isDerived = (summing: Summing): boolean => summing.isDerived === true

/** Makes what is summed of hours anew, from the beginning of a day on. */
const derive = (db: Db, fromMs: number): void => {
  const hours = (table: UsageTable) =>
    and(eq(table.grain, 'hour'), gte(table.startMs, fromMs)) as SQL
  for (const summing of COUNTS.filter(isDerived)) {
    db.run(
      sql`INSERT INTO ${usageCounts} SELECT ${derivedColumns(usageCounts, summing)}, outcome, sum(requests), sum(prompt_tokens), sum(completion_tokens), sum(cost_nano_usd), sum(unpriced) FROM ${usageCounts} WHERE ${hours(usageCounts)} GROUP BY 1, 2, 3, 4, 5, 6, 7`,
    )
  }
  for (const summing of SPREADS.filter(isDerived)) {
    db.run(
      sql`INSERT INTO ${usageTimes} SELECT ${derivedColumns(usageTimes, summing)}, kind, step, sum(requests) FROM ${usageTimes} WHERE ${hours(usageTimes)} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`,
    )
  }
}

const deleteFrom = (db: Db, table: UsageTable, sums: readonly Summing[], fromMs: number): void => {
  const derived = sums.filter(isDerived).map(({ grain }) => grain)
  const dayMs = fromMs - (fromMs % DAY_MS)
  db.delete(table)
    .where(
      or(gte(table.startMs, fromMs), and(inArray(table.grain, derived), gte(table.startMs, dayMs))),
    )
    .run()
}

/** Makes the sums anew from the decisions that are kept; those of earlier hours stay. @returns from when on */
export const rebuildUsage = (db: Db): number | null => {
  const fromMs = firstWholeHour(db)
  if (fromMs === null) return null
  deleteFrom(db, usageCounts, COUNTS, fromMs)
  deleteFrom(db, usageTimes, SPREADS, fromMs)
  const condition = { which: gte(decisions.createdAtMs, fromMs), sign: sql`1` }
  for (const addition of additions(db, condition, (one) => !isDerived(one))) addition.run()
  derive(db, fromMs - (fromMs % DAY_MS))
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

/** Minutes for three days, hours and days for two years. @returns how many rows went */
export const deleteExpiredUsage = (db: Db, nowMs: number): number => {
  const isExpired = (table: UsageTable) =>
    or(
      and(eq(table.grain, 'minute'), lt(table.startMs, nowMs - MINUTES_KEPT_MS)),
      lt(table.startMs, nowMs - HOURS_KEPT_MS),
    )
  const deleteOf = (table: UsageTable) => db.delete(table).where(isExpired(table)).run().changes
  return deleteOf(usageCounts) + deleteOf(usageTimes)
}
