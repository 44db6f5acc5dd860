// The time range of a page, as it stands in its address: `?range=24h`.
import type { UsageGrain } from '../../core/records/usage.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

interface RangeKind {
  label: string
  ms: number
  /** Sums that are read for it; its beginning and end are whole ones. */
  grain: UsageGrain
  /** Of one point of a chart, and the sums that those are made of. */
  stepMs: number
  stepGrain: UsageGrain
}

/** Minutes are kept for three days, hours and days for two years. */
export const RANGES = {
  '1h': { label: '1 hour', ms: HOUR_MS, grain: 'minute', stepMs: MINUTE_MS, stepGrain: 'minute' },
  '24h': { label: '24 hours', ms: DAY_MS, grain: 'hour', stepMs: HOUR_MS, stepGrain: 'hour' },
  '7d': { label: '7 days', ms: 7 * DAY_MS, grain: 'day', stepMs: 6 * HOUR_MS, stepGrain: 'hour' },
  '30d': { label: '30 days', ms: 30 * DAY_MS, grain: 'day', stepMs: DAY_MS, stepGrain: 'day' },
  '90d': { label: '90 days', ms: 90 * DAY_MS, grain: 'day', stepMs: DAY_MS, stepGrain: 'day' },
} as const satisfies Record<string, RangeKind>

export type RangeName = keyof typeof RANGES

const GRAIN_MS: Record<UsageGrain, number> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS }

export interface TimeRange extends RangeKind {
  name: RangeName
  isDefault: boolean
  /** Whole grains of UTC; the last one has not ended. */
  fromMs: number
  toMs: number
}

const DEFAULT: RangeName = '24h'

const isRange = (name: string | undefined): name is RangeName =>
  name !== undefined && Object.hasOwn(RANGES, name)

/** An unknown name is the default range. */
export const timeRange = (given: string | undefined, nowMs: number): TimeRange => {
  const name = isRange(given) ? given : DEFAULT
  const kind = RANGES[name]
  const wholeMs = GRAIN_MS[kind.grain]
  const toMs = (Math.floor(nowMs / wholeMs) + 1) * wholeMs
  return { name, isDefault: name === DEFAULT, ...kind, fromMs: toMs - kind.ms, toMs }
}

/** The beginnings of the range's steps, up to now. */
export const stepsOf = ({ fromMs, toMs, stepMs }: TimeRange, nowMs: number): number[] =>
  Array.from(
    { length: Math.round((toMs - fromMs) / stepMs) },
    (_, i) => fromMs + i * stepMs,
  ).filter((ms) => ms <= nowMs)
