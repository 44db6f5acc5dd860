// Percentile bootstrap (Efron 1979): confidence intervals by resampling rows. Used for every interval of `eval`.
import type { Random } from './random.ts'

/** Lower and upper end. */
export type Interval = [low: number, high: number]

export interface BootstrapOptions {
  random: Random
  /** Number of resamples; with 1,000 the ends are accurate to a few hundredths of the interval's width. */
  samples?: number
  /** Confidence level, 0 to 1. */
  level?: number
}

/** Quantile of the sorted `values`: the nearest of them, not interpolated. */
const quantileOf = (values: Float64Array, quantile: number): number =>
  values[Math.round(quantile * (values.length - 1))] as number

/**
 * Interval of a figure over `size` rows.
 * @param statistic the figure over the rows of a resample, given as positions (a reused buffer); NaN where the resample has nothing
 * to measure: such resamples are left out.
 * @returns null where there are no rows, or no resample had anything to measure.
 */
export const bootstrapInterval = (
  size: number,
  statistic: (rows: Int32Array) => number,
  options: BootstrapOptions,
): Interval | null => {
  const { random, samples = 1000, level = 0.95 } = options
  if (size === 0) return null
  const rows = new Int32Array(size)
  const values: number[] = []
  for (let sample = 0; sample < samples; sample++) {
    for (let i = 0; i < size; i++) rows[i] = Math.floor(random() * size)
    const value = statistic(rows)
    if (!Number.isNaN(value)) values.push(value)
  }
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const tail = (1 - level) / 2
  return [quantileOf(sorted, tail), quantileOf(sorted, 1 - tail)]
}

/** Interval of the mean of `values`; booleans count as 0 and 1. */
export const meanInterval = (
  values: readonly (number | boolean)[],
  options: BootstrapOptions,
): Interval | null => {
  const numbers = Float64Array.from(values, Number)
  return bootstrapInterval(
    numbers.length,
    (rows) => {
      let sum = 0
      for (let i = 0; i < rows.length; i++) sum += numbers[rows[i] as number] as number
      return sum / rows.length
    },
    options,
  )
}
