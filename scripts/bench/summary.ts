// Percentiles, and how they are printed.
import { percent } from '../terminal/output.ts'
import { verdict } from './harness.ts'

export interface Summary {
  p50: number
  p95: number
  p99: number
  runs: number
}

/** The value below which a share of them lies (nearest rank); NaN for none. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** @throws Error for no values */
export const summarise = (values: number[]): Summary => {
  if (values.length === 0) throw new Error('nothing was measured')
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(values, share))
  return { p50, p95, p99, runs: values.length } as Summary
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const NAME_WIDTH = 24
const CELL_WIDTH = 9

const cell = (value: string): string => value.padStart(CELL_WIDTH)
const ms = (value: number): string => cell(value.toFixed(value < 1 ? 3 : 2))

/** `name  p50  p95  p99`, in milliseconds. */
export const summaryLine = (name: string, { p50, p95, p99 }: Summary): string =>
  `  ${name.padEnd(NAME_WIDTH)}${ms(p50)}${ms(p95)}${ms(p99)}`

export const headLine = (title: string): string =>
  `${title.padEnd(NAME_WIDTH + 2)}${['p50', 'p95', 'p99'].map(cell).join('')}  ms`

/** `ratio … (target ≤ 0.80: met)` */
export const targetLine = (name: string, value: number, most: number): string => {
  return `  ${name.padEnd(NAME_WIDTH)}${cell(value.toFixed(2))}  target at most ${most.toFixed(2)}: ${verdict(value <= most)}`
}

/** 0.98765 as `98.77 %`. */
export const finePercent = (share: number): string => percent(share, 2)

/** A difference of shares, 0.0123 as `1.23 points`. */
export const pointsText = (share: number): string => `${(100 * share).toFixed(2)} points`
