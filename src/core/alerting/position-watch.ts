// Detects that prompts lie elsewhere than those of the baseline, whichever way: a multivariate exponentially weighted moving average
// (Lowry, Woodall, Champ and Rigdon, Technometrics 1992) of what prompt-position.ts says of each. It finds sets of prompts that no
// single rate shows, because each of several numbers moves a little.
import { numberName, numbersOf, type PositionSums, type PromptPosition } from './prompt-position.ts'

export interface PositionWatch {
  add(position: PromptPosition): void
  /** A sentence while the prompts lie elsewhere, else null. */
  alarm(): string | null
}

/** Share of the newest row in the average, which so remembers some 250 rows. */
const WEIGHT = 0.004
/** Normal deviate of the limit: some two in a million of independent averages exceed it by chance. */
const DEVIATE = 4.75
/** An alarm ends once the distance is below this share of its limit. */
const RECOVERED = 0.7
/** With fewer rows of the baseline for each number its covariance is not known well enough. */
const ROWS_PER_NUMBER = 20
/** Added to each variance: a number that never changed in the baseline may change a little. */
const LEAST_VARIANCE = 1e-4

const at = (values: ArrayLike<number>, i: number): number => values[i] as number

/** Lower triangle L with L·Lᵀ = the covariance, row by row. */
const cholesky = ({ mean, products, rows }: PositionSums): number[] => {
  const lower: number[] = []
  for (let i = 0; i < mean.length; i += 1) {
    const row = (i * (i + 1)) / 2
    for (let j = 0; j <= i; j += 1) {
      const other = (j * (j + 1)) / 2
      let rest = at(products, row + j) / rows + (i === j ? LEAST_VARIANCE : 0)
      for (let k = 0; k < j; k += 1) rest -= at(lower, row + k) * at(lower, other + k)
      lower.push(i === j ? Math.sqrt(Math.max(rest, LEAST_VARIANCE)) : rest / at(lower, other + j))
    }
  }
  return lower
}

/** |L⁻¹·offset|²: the squared distance in standard deviations (Mahalanobis). */
const squaredDistance = (lower: readonly number[], offset: readonly number[]): number => {
  const solved: number[] = []
  let sum = 0
  for (let i = 0; i < offset.length; i += 1) {
    const row = (i * (i + 1)) / 2
    let rest = at(offset, i)
    for (let k = 0; k < i; k += 1) rest -= at(lower, row + k) * at(solved, k)
    const value = rest / at(lower, row + i)
    solved.push(value)
    sum += value * value
  }
  return sum
}

/** Quantile of chi-square (Wilson and Hilferty 1931), times the variance of the average and of the baseline's mean. */
const limitOf = (numbers: number, rows: number): number => {
  const part = 2 / (9 * numbers)
  const chiSquare = numbers * (1 - part + DEVIATE * Math.sqrt(part)) ** 3
  return chiSquare * (WEIGHT / (2 - WEIGHT) + 1 / rows)
}

const sentence = (sums: PositionSums, offset: readonly number[]): string => {
  const moved = offset.map((value, i) => {
    const variance = at(sums.products, (i * (i + 1)) / 2 + i) / sums.rows + LEAST_VARIANCE
    return Math.abs(value) / Math.sqrt(variance)
  })
  const most = numberName(moved.indexOf(Math.max(...moved)), sums.routes)
  return `Prompts are other than they were; what changed most is ${most}.`
}

/** @returns null where the baseline has too few rows for its numbers */
export const createPositionWatch = (sums: PositionSums): PositionWatch | null => {
  const { mean, routes, rows } = sums
  if (rows < mean.length * ROWS_PER_NUMBER) return null
  const lower = cholesky(sums)
  const limit = limitOf(mean.length, rows)
  const offset = new Array<number>(mean.length).fill(0)
  let alarmed: string | null = null
  return {
    add: (position) => {
      for (const [i, value] of numbersOf(position, routes).entries()) {
        offset[i] = at(offset, i) + WEIGHT * (value - at(mean, i) - at(offset, i))
      }
      const distance = squaredDistance(lower, offset)
      if (distance > limit) alarmed ??= sentence(sums, offset)
      else if (distance < limit * RECOVERED) alarmed = null
    },
    alarm: () => alarmed,
  }
}
