// The time range of a page, as it stands in its address: `?range=24h`.
import type { UsageGrain } from '../../core/records/usage.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

interface RangeKind {
  label: string
  ms: number
  /** Sums that are read for it. */
  grain: UsageGrain
  /** Of one point of a chart: whole grains. */
  stepMs: number
}

/** Minutes are kept for three days, hours for two years. */
export const RANGES = {
  '1h': { label: '1 hour', ms: HOUR_MS, grain: 'minute', stepMs: MINUTE_MS },
  '24h': { label: '24 hours', ms: DAY_MS, grain: 'hour', stepMs: HOUR_MS },
  '7d': { label: '7 days', ms: 7 * DAY_MS, grain: 'hour', stepMs: 3 * HOUR_MS },
  '30d': { label: '30 days', ms: 30 * DAY_MS, grain: 'hour', stepMs: 12 * HOUR_MS },
  '90d': { label: '90 days', ms: 90 * DAY_MS, grain: 'hour', stepMs: DAY_MS },
} as const satisfies Record<string, RangeKind>

export type RangeName = keyof typeof RANGES

export interface TimeRange extends RangeKind {
  name: RangeName
  isDefault: boolean
  /** Whole steps; the last one has not ended. */
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
  const toMs = (Math.floor(nowMs / kind.stepMs) + 1) * kind.stepMs
  return { name, isDefault: name === DEFAULT, ...kind, fromMs: toMs - kind.ms, toMs }
}
