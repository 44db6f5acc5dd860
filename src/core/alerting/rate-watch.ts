// Detects a change in the rate of an event, row by row and without a window: two CUSUMs (Page, "Continuous inspection schemes",
// Biometrika 1954) on the likelihood ratio of two fixed rates, one to raise the alarm and one to clear it. The mean number of
// rows to a false alarm is at least e^evidence (Lorden 1971).

export interface RateWatchOptions {
  /** The usual rate, 0 to 1. */
  expected: number
  /** The rate to detect, 0 to 1. */
  feared: number
  /** Log-likelihood ratio (nats) at which an alarm is raised, and at which it is cleared. */
  evidence: number
}

export interface RateWatch {
  add(happened: boolean): void
  readonly isAlarmed: boolean
}

/** Rates are kept this far from 0 and 1, which a single row would refute. */
const LEAST_RATE = 0.002

const believable = (rate: number): number => Math.min(1 - LEAST_RATE, Math.max(LEAST_RATE, rate))

export const createRateWatch = ({ expected, feared, evidence }: RateWatchOptions): RateWatch => {
  const before = believable(expected)
  const after = believable(feared)
  const forIt = Math.log(after / before)
  const againstIt = Math.log((1 - after) / (1 - before))
  let isAlarmed = false
  let sum = 0
  return {
    add: (happened) => {
      const step = happened ? forIt : againstIt
      sum = Math.max(0, sum + (isAlarmed ? -step : step))
      if (sum < evidence) return
      isAlarmed = !isAlarmed
      sum = 0
    },
    get isAlarmed() {
      return isAlarmed
    },
  }
}
