// The samples of the last day, and the increase of the counters over a window.
import type { AlertSample, AlertTotals } from './alert-sample.ts'

export interface Span {
  /** Increase of each counter. */
  totals: AlertTotals
  latency: number[]
  firstToken: number[]
}

export interface SampleHistory {
  add(sample: AlertSample): void
  /** The increase over the last `minutes`, or over as much of them as is known. */
  last(minutes: number): Span
}

export const HISTORY_MINUTES = 1_440

const grown = (now: AlertTotals, before: AlertTotals): AlertTotals => {
  const names = Object.keys(now) as (keyof AlertTotals)[]
  const entries = names.map((name) => [name, now[name] - before[name]])
  return Object.fromEntries(entries) as unknown as AlertTotals
}

const grownBins = (now: readonly number[], before: readonly number[]): number[] =>
  now.map((count, bin) => count - (before[bin] ?? 0))

/** @param start the totals at the start: increases from here to the first sample count */
export const createSampleHistory = (start: AlertSample): SampleHistory => {
  const samples: AlertSample[] = [start]
  const newest = (): AlertSample => samples.at(-1) ?? start
  return {
    add: (sample) => {
      samples.push(sample)
      const oldestMs = sample.atMs - HISTORY_MINUTES * 60_000
      const first = samples.findIndex(({ atMs }) => atMs >= oldestMs)
      if (first > 1) samples.splice(0, first - 1)
    },
    last: (minutes) => {
      const now = newest()
      const sinceMs = now.atMs - minutes * 60_000
      const before = samples.findLast(({ atMs }) => atMs <= sinceMs) ?? samples[0] ?? start
      return {
        totals: grown(now.totals, before.totals),
        latency: grownBins(now.latency, before.latency),
        firstToken: grownBins(now.firstToken, before.firstToken),
      }
    },
  }
}
