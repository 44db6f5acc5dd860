// The input of one evaluation of the alert rules: totals since the start of the process, and the current state.
import type { QualityAlarm } from './quality-watch.ts'

/** Upper bounds of the latency bins, milliseconds; one more bin takes what is slower. */
export const LATENCY_BOUNDS = [
  100, 250, 500, 1_000, 2_000, 3_000, 5_000, 8_000, 12_000, 20_000, 30_000, 45_000, 60_000, 90_000,
  120_000, 240_000,
]

/** Counters: they only grow. */
export interface AlertTotals {
  /** Requested answers, except those whose caller disconnected. */
  answers: number
  failed: number
  fallbacks: number
  decisions: number
  /** Decisions for the default route because routing itself failed. */
  degraded: number
  /** Served answers, and those of them whose cost is unknown. */
  served: number
  unpriced: number
  costUsd: number
  encoderRestarts: number
  /** Decisions and completions that were not stored. */
  dropped: number
}

export interface AlertSample {
  atMs: number
  totals: AlertTotals
  /** Counts of answers and of first tokens, by the bins of `LATENCY_BOUNDS`. */
  latency: readonly number[]
  firstToken: readonly number[]
  /** Models whose breaker is open, and routes without a callable model. */
  breakersOpen: string[]
  routesDown: string[]
  /** Null where it is not known. */
  diskFreeBytes: number | null
  /** Why the configuration file, and the newest generation, were refused; null where they serve. */
  configProblem: string | null
  generationProblem: string | null
  /** Generations refused by the gate, and canaries rolled back, since the previous sample. */
  gateRefused: number[]
  canariesRolledBack: number[]
  quality: QualityAlarm[]
  /** Routes whose share of bad votes is above the tolerated rate. */
  badVotes: { route: string; summary: string }[]
}

export const emptyTotals = (): AlertTotals => ({
  answers: 0,
  failed: 0,
  fallbacks: 0,
  decisions: 0,
  degraded: 0,
  served: 0,
  unpriced: 0,
  costUsd: 0,
  encoderRestarts: 0,
  dropped: 0,
})

export const emptyBins = (): number[] => Array.from({ length: LATENCY_BOUNDS.length + 1 }, () => 0)

export const addToBins = (bins: number[], ms: number): void => {
  const found = LATENCY_BOUNDS.findIndex((bound) => ms <= bound)
  const bin = found === -1 ? LATENCY_BOUNDS.length : found
  bins[bin] = (bins[bin] ?? 0) + 1
}

/** Upper bound of the bin that the quantile falls into; infinite for the last bin. Null for empty bins. */
export const quantileOf = (bins: readonly number[], quantile: number): number | null => {
  const total = bins.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let seen = 0
  for (const [bin, count] of bins.entries()) {
    seen += count
    if (seen >= total * quantile) return LATENCY_BOUNDS[bin] ?? Number.POSITIVE_INFINITY
  }
  return Number.POSITIVE_INFINITY
}
