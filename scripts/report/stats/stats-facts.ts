// What `signalbox stats` shows, read from the sums of the database and from the running server.
import type { UsageGrain } from '../../../src/core/records/usage.ts'
import type { Store } from '../../../src/store/store.ts'
import { readUsageRows, type UsageRow } from '../usage-rows.ts'
import type { ServerState } from './server-state.ts'

export const WINDOWS = {
  '5m': 300_000,
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
} as const
export type Window = keyof typeof WINDOWS

export interface StatsFacts {
  atMs: number
  window: Window
  total: Omit<UsageRow, 'name'>
  /** Requests of each minute or hour of the window, oldest first. */
  traffic: number[]
  grain: UsageGrain
  routes: UsageRow[]
  models: UsageRow[]
  /** Null where it was not asked. */
  server: ServerState | null
}

const DAY_MS = 86_400_000
const GRAIN_MS: Record<UsageGrain, number> = { minute: 60_000, hour: 3_600_000, day: DAY_MS }

const sumOf = (rows: UsageRow[]) => {
  const total = { requests: 0, failed: 0, promptTokens: 0, completionTokens: 0, costUsd: 0 }
  let unpriced = 0
  for (const row of rows) {
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += row[name]
    unpriced += row.unpriced
  }
  return { ...total, unpriced }
}

const trafficOf = (
  starts: Pick<UsageRow, 'name' | 'requests'>[],
  fromMs: number,
  { count, stepMs }: Steps,
): number[] => {
  const traffic = new Array<number>(count).fill(0)
  for (const { name, requests } of starts) {
    const at = Math.floor((Number(name) - fromMs) / stepMs)
    if (at >= 0 && at < count) traffic[at] = requests
  }
  return traffic
}

interface Steps {
  count: number
  stepMs: number
}

export const readStats = async (
  store: Pick<Store, 'usage' | 'usageTimes'>,
  { window, atMs, server }: { window: Window; atMs: number; server: ServerState | null },
): Promise<StatsFacts> => {
  const grain: UsageGrain = WINDOWS[window] > DAY_MS ? 'hour' : 'minute'
  const stepMs = GRAIN_MS[grain]
  const count = WINDOWS[window] / stepMs
  const toMs = Math.floor(atMs / stepMs) * stepMs + stepMs // with what is going on
  const fromMs = toMs - count * stepMs
  const range = { grain, fromMs, toMs }
  const [routes, models, starts, all] = await Promise.all([
    readUsageRows(store, { ...range, by: 'route' }),
    readUsageRows(store, { ...range, by: 'model' }),
    store.usage({ ...range, by: 'start' }),
    store.usageTimes({ ...range, by: null }),
  ])
  return {
    atMs,
    window,
    grain,
    routes,
    models,
    server,
    traffic: trafficOf(starts, fromMs, { count, stepMs }),
    total: {
      ...sumOf(routes),
      firstTokenP50Ms: all[0]?.firstToken?.p50Ms ?? null,
      p50Ms: all[0]?.answer?.p50Ms ?? null,
      p95Ms: all[0]?.answer?.p95Ms ?? null,
    },
  }
}
