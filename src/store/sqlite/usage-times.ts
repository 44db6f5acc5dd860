// How long served requests took, read from the sums: quantiles for each route, model, key, reason, minute, hour or day.
import type {
  TimeQuantiles,
  UsageTimeKind,
  UsageTimes,
  UsageTimesQuery,
} from '../../core/records/usage.ts'
import { type StepCount, stepQuantile } from '../../core/statistics/step-quantile.ts'
import type { Db } from './db.ts'
import { readSpreads } from './usage-series.ts'
import { STEP_RATIO } from './usage-table.ts'

const quantilesOf = (counts: StepCount[] = []): TimeQuantiles | null => {
  const p50Ms = stepQuantile(counts, 0.5, STEP_RATIO)
  const p95Ms = stepQuantile(counts, 0.95, STEP_RATIO)
  return p50Ms === null || p95Ms === null ? null : { p50Ms, p95Ms }
}

export const readUsageTimes = (db: Db, query: UsageTimesQuery): UsageTimes[] => {
  const byName = new Map<string, Partial<Record<UsageTimeKind, StepCount[]>>>()
  const spreads = readSpreads(db, { ...query, by: query.by ?? 'all', stepMs: null })
  for (const { name, kind, step, requests } of spreads) {
    const counts = byName.get(name) ?? {}
    byName.set(name, counts)
    counts[kind] = [...(counts[kind] ?? []), { step, count: requests }]
  }
  return [...byName].map(([name, counts]) => ({
    name,
    firstToken: quantilesOf(counts.first_token),
    answer: quantilesOf(counts.answer),
  }))
}
