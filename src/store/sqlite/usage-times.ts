// How long served requests took, read from the sums: quantiles for each route, model, key, reason, minute or hour.
import { and, eq, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type {
  TimeQuantiles,
  UsageTimeKind,
  UsageTimes,
  UsageTimesQuery,
} from '../../core/records/usage.ts'
import { type StepCount, stepQuantile } from '../../core/statistics/step-quantile.ts'
import type { Db } from './db.ts'
import { usageTimes } from './schema/usage.ts'
import { STEP_RATIO } from './usage-table.ts'

const COLUMNS: Record<NonNullable<UsageTimesQuery['by']>, SQLiteColumn> = {
  route: usageTimes.route,
  model: usageTimes.model,
  principal: usageTimes.principal,
  reason: usageTimes.reason,
  start: usageTimes.startMs,
}

const quantilesOf = (counts: StepCount[] = []): TimeQuantiles | null => {
  const p50Ms = stepQuantile(counts, 0.5, STEP_RATIO)
  const p95Ms = stepQuantile(counts, 0.95, STEP_RATIO)
  return p50Ms === null || p95Ms === null ? null : { p50Ms, p95Ms }
}

const readSteps = (db: Db, { grain, fromMs, toMs, by }: UsageTimesQuery) => {
  const name: SQL<string> = by === null ? sql`''` : sql`CAST(${COLUMNS[by]} AS TEXT)`
  const { kind, step, startMs } = usageTimes
  return db
    .select({
      name: name.as('name'),
      kind,
      step,
      count: sql<number>`sum(${usageTimes.requests})`,
    })
    .from(usageTimes)
    .where(and(eq(usageTimes.grain, grain), gte(startMs, fromMs), lt(startMs, toMs)))
    .groupBy(sql`1`, kind, step)
    .orderBy(sql`1`)
    .all()
}

export const readUsageTimes = (db: Db, query: UsageTimesQuery): UsageTimes[] => {
  const byName = new Map<string, Partial<Record<UsageTimeKind, StepCount[]>>>()
  for (const { name, kind, step, count } of readSteps(db, query)) {
    const counts = byName.get(name) ?? {}
    byName.set(name, counts)
    counts[kind] = [...(counts[kind] ?? []), { step, count }]
  }
  return [...byName].map(([name, counts]) => ({
    name,
    firstToken: quantilesOf(counts.first_token),
    answer: quantilesOf(counts.answer),
  }))
}
