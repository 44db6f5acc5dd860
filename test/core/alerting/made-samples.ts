// Samples a minute apart, each with the minute's traffic on top of the one before.
import {
  type AlertSample,
  type AlertTotals,
  addToBins,
  emptyBins,
  emptyTotals,
} from '../../../src/core/alerting/alert-sample.ts'

const MINUTE_MS = 60_000

export const startSample = (atMs: number): AlertSample => ({
  atMs,
  totals: emptyTotals(),
  latency: emptyBins(),
  firstToken: emptyBins(),
  breakersOpen: [],
  routesDown: [],
  diskFreeBytes: 100 * 1024 ** 3,
  configProblem: null,
  generationProblem: null,
  gateRefused: [],
  canariesRolledBack: [],
  quality: [],
  badVotes: [],
})

/** A minute: what is added to the totals, how long answers took, and how things stand. */
export interface Minute {
  totals?: Partial<AlertTotals>
  answerMs?: number
  firstTokenMs?: number
  state?: Partial<AlertSample>
}

const ORDINARY: Partial<AlertTotals> = {
  answers: 30,
  served: 30,
  decisions: 30,
  costUsd: 0.01,
}

const PER_MINUTE = 30

const more = (bins: readonly number[], ms: number): number[] => {
  const next = [...bins]
  for (let n = 0; n < PER_MINUTE; n++) addToBins(next, ms)
  return next
}

/** Gives the sample of the next minute. */
export const createClock = (start: AlertSample) => {
  let last = start
  return (minute: Minute = {}): AlertSample => {
    const added = { ...ORDINARY, ...minute.totals }
    const names = Object.keys(last.totals) as (keyof AlertTotals)[]
    const totals = names.map((name) => [name, last.totals[name] + (added[name] ?? 0)])
    last = {
      ...startSample(last.atMs + MINUTE_MS),
      totals: Object.fromEntries(totals) as unknown as AlertTotals,
      latency: more(last.latency, minute.answerMs ?? 900),
      firstToken: more(last.firstToken, minute.firstTokenMs ?? 300),
      ...minute.state,
    }
    return last
  }
}
