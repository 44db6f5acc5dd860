// Prompts that belong to no route, a set at a time: near ones (neighbouring subjects) and far ones are different problems.
import { isNoneLabel } from '../../core/classifier/evaluate.ts'
import type { PredictedRow } from '../../training/rebuild/predict.ts'
import { type Detection, detectionOf, type RocPoint } from './detection.ts'
import { thinned } from './thinned.ts'

/** Detection figures are null where there is no in-scope test row to tell the set from. */
export interface NoneSetReport extends Omit<Detection, 'roc' | 'auroc' | 'aupr' | 'recallAtKept'> {
  name: string
  rows: number
  auroc: number | null
  aupr: number | null
  /** Share turned away at the cut that keeps 95 % of the in-scope test rows. */
  recallAt95: number | null
  /** Share that was sent to no route by the thresholds in force. */
  turnedAway: number
  roc: RocPoint[]
  /** Share of in-scope rows, and of the set, in each twentieth of the range of novelty that both have together. */
  histogram: { from: number; to: number; inside: number; outside: number }[]
}

const BARS = 20

/** One row in a hundred lies outside on either side, and is counted in the outermost bars: a lone one would squeeze the rest. */
const histogramOf = (inside: readonly number[], outside: readonly number[]) => {
  const finite = [...inside, ...outside].filter(Number.isFinite).sort((a, b) => a - b)
  const low = finite[Math.floor(finite.length * 0.01)]
  const high = finite[Math.floor(finite.length * 0.99)]
  if (low === undefined || high === undefined || !(high > low)) return []
  const width = (high - low) / BARS
  const barOf = (value: number) =>
    Math.max(0, Math.min(BARS - 1, Math.floor((value - low) / width)))
  const shareIn = (values: readonly number[], bar: number) =>
    values.filter((value) => barOf(value) === bar).length / values.length
  return Array.from({ length: BARS }, (_, bar) => ({
    from: low + bar * width,
    to: low + (bar + 1) * width,
    inside: shareIn(inside, bar),
    outside: shareIn(outside, bar),
  }))
}

/**
 * @param outside what was made of the set's prompts
 * @param inScope what was made of the test rows; those labelled `none` or `oos` are left out
 */
export const noneSetReport = (
  name: string,
  outside: readonly PredictedRow[],
  inScope: readonly PredictedRow[],
): NoneSetReport => {
  const inside = inScope.filter(({ label }) => !isNoneLabel(label)).map(({ novelty }) => novelty)
  const novelties = outside.map(({ novelty }) => novelty)
  const detection = detectionOf(inside, novelties)
  return {
    name,
    rows: outside.length,
    auroc: detection?.auroc ?? null,
    aupr: detection?.aupr ?? null,
    recallAt95: detection?.recallAtKept ?? null,
    cut: detection?.cut ?? Number.POSITIVE_INFINITY,
    turnedAway: outside.filter(({ route }) => route === null).length / outside.length,
    roc: thinned(detection?.roc ?? []),
    histogram: detection ? histogramOf(inside, novelties) : [],
  }
}
