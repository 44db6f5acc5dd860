// Whether something happens more often, or less, than it used to: one row after another, with no window to choose.
// Two CUSUMs (Page, "Continuous inspection schemes", Biometrika 1954) on the likelihood ratio of two fixed rates. The first
// raises the alarm, the second, which runs backwards, takes it back. By Lorden (1971) the mean number of rows to a false alarm
// is at least e^evidence.

export interface RateWatchOptions {
  /** The rate as it was, 0 to 1. */
  expected: number
  /** The rate that is looked for. In between, where the ratio says nothing either way, no alarm is raised. */
  feared: number
  /** Natural logarithm of the likelihood ratio at which an alarm is raised, and at which it is taken back. */
  evidence: number
}

export interface RateWatch {
  add(happened: boolean): void
  readonly isAlarmed: boolean
}

/** Rates of 0 and 1 are never believed: a single row would refute them. */
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
