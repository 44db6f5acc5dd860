// Sums of requests with how long they took, a row for each route, model or key.
import type { UsageQuery, UsageSum, UsageTimes } from '../../src/core/records/usage.ts'
import type { Store } from '../../src/store/store.ts'

export interface UsageRow extends UsageSum {
  /** Milliseconds; null where nothing was served. */
  firstTokenP50Ms: number | null
  p50Ms: number | null
  p95Ms: number | null
}

const rowOf = (sum: UsageSum, times: UsageTimes | undefined): UsageRow => ({
  ...sum,
  firstTokenP50Ms: times?.firstToken?.p50Ms ?? null,
  p50Ms: times?.answer?.p50Ms ?? null,
  p95Ms: times?.answer?.p95Ms ?? null,
})

export const readUsageRows = async (
  store: Pick<Store, 'usage' | 'usageTimes'>,
  query: UsageQuery & { by: 'route' | 'model' | 'principal' | 'start' },
): Promise<UsageRow[]> => {
  const [sums, times] = await Promise.all([store.usage(query), store.usageTimes(query)])
  const byName = new Map(times.map((one) => [one.name, one]))
  return sums.map((sum) => rowOf(sum, byName.get(sum.name)))
}

/** 812.4 as `812 ms`, 2,410 as `2.4 s`; `–` where there is none. */
export const durationText = (ms: number | null): string => {
  if (ms === null) return '–'
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}
