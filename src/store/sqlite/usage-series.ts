// Sums over time for charts, and percentiles of how long requests took: read off margins where those are kept, so that a month
// is as few rows as a day.
import { and, asc, eq, gte, lt, ne, type SQL, sql } from 'drizzle-orm'
import type {
  UsageMargin,
  UsagePercentiles,
  UsagePercentilesQuery,
  UsagePoint,
  UsageSeriesQuery,
  UsageTimeKind,
} from '../../core/records/usage.ts'
import { stepQuantile } from '../../core/statistics/step-quantile.ts'
import type { Db } from './db.ts'
import { type StoredGrain, usageCounts, usageTimes } from './schema/usage.ts'
import { STEP_RATIO } from './usage-table.ts'

const NANO_USD = 1e9

interface Times {
  fromMs: number
  toMs: number
}

const between = (
  table: typeof usageCounts | typeof usageTimes,
  grain: StoredGrain,
  { fromMs, toMs }: Times,
): SQL | undefined =>
  and(
    eq(table.grain, grain),
    gte(table.startMs, fromMs),
    lt(table.startMs, toMs),
    ne(table.requests, 0),
  )

/** The beginning of the step that a time is in; steps are counted from `fromMs`. */
const stepOf = (table: typeof usageCounts | typeof usageTimes, { fromMs }: Times, stepMs: number) =>
  sql<number>`${table.startMs} - (${table.startMs} - ${fromMs}) % ${stepMs}`

/** The earliest first. */
export const readUsageSeries = (db: Db, query: UsageSeriesQuery): UsagePoint[] => {
  const grain = query.grain === 'hour' ? 'hour:all' : query.grain
  const startMs = stepOf(usageCounts, query, query.stepMs)
  return db
    .select({
      startMs: startMs.as('step_start_ms'),
      outcome: sql<string>`${usageCounts.outcome}`,
      requests: sql<number>`sum(${usageCounts.requests})`,
      costUsd: sql<number>`sum(${usageCounts.costNanoUsd}) / ${NANO_USD}`,
      unpriced: sql<number>`sum(${usageCounts.unpriced})`,
    })
    .from(usageCounts)
    .where(between(usageCounts, grain, query))
    .groupBy(sql`1, 2`)
    .orderBy(asc(sql`1`))
    .all()
}

export interface SpreadRow {
  name: string
  kind: UsageTimeKind
  startMs: number
  step: number
  requests: number
}

export interface SpreadQuery extends Omit<UsagePercentilesQuery, 'by'> {
  by: UsageMargin | 'principal' | 'reason' | 'start'
}

/** Minutes keep every dimension, as there are few of them; beyond hours only margins are kept. */
const spreadGrain = ({ grain, by }: SpreadQuery): StoredGrain => {
  if (grain === 'minute') return 'minute'
  if (by === 'principal' || by === 'reason') return 'hour'
  return `${grain}:${by === 'start' ? 'all' : by}`
}

const spreadName = (by: SpreadQuery['by']): SQL<string> => {
  if (by === 'all') return sql`''`
  return sql`CAST(${usageTimes[by === 'start' ? 'startMs' : by]} AS TEXT)`
}

/** How many requests took how long, by name, kind and step of the time, in this order. */
export const readSpreads = (db: Db, query: SpreadQuery): SpreadRow[] => {
  const { by, fromMs, stepMs } = query
  const startMs = stepMs === null ? sql<number>`${fromMs}` : stepOf(usageTimes, query, stepMs)
  return db
    .select({
      name: spreadName(by).as('name'),
      kind: sql<UsageTimeKind>`${usageTimes.kind}`.as('of_kind'),
      startMs: startMs.as('step_start_ms'),
      step: sql<number>`${usageTimes.step}`.as('of_step'),
      requests: sql<number>`sum(${usageTimes.requests})`,
    })
    .from(usageTimes)
    .where(between(usageTimes, spreadGrain(query), query))
    .groupBy(sql`1, 2, 3, 4`)
    .orderBy(sql`1, 2, 3, 4`)
    .all()
}

const percentilesOf = (rows: readonly SpreadRow[]): UsagePercentiles[] => {
  const [first] = rows
  if (!first) return []
  const { name, kind, startMs } = first
  const requests = rows.reduce((sum, row) => sum + row.requests, 0)
  const counts = rows.map((row) => ({ step: row.step, count: row.requests }))
  const at = (share: number) => stepQuantile(counts, share, STEP_RATIO) ?? 0
  return [{ name, kind, startMs, requests, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) }]
}

const isSame = (one: SpreadRow, other: SpreadRow | undefined): boolean =>
  one.name === other?.name && one.kind === other.kind && one.startMs === other.startMs

/** Right to a twentieth, as times are kept in steps of a tenth. */
export const readUsagePercentiles = (db: Db, query: UsagePercentilesQuery): UsagePercentiles[] => {
  const found: UsagePercentiles[] = []
  let rows: SpreadRow[] = []
  for (const row of readSpreads(db, query)) {
    if (!isSame(row, rows[0])) {
      found.push(...percentilesOf(rows))
      rows = []
    }
    rows.push(row)
  }
  return [...found, ...percentilesOf(rows)]
}
