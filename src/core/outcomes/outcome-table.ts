// Outcomes of several models on the same prompts, as matrices: what they were worth, and what they cost.
import type { Matrix } from '../linear/matrix.ts'

export interface OutcomeTable {
  /** By name, in the order of the columns. */
  readonly models: readonly string[]
  /** Prompts × models: 0 to 1. */
  readonly scores: Matrix
  /** Prompts × models: USD, at least 0. */
  readonly costs: Matrix
  /** The kind of each prompt as a person named it; '' where nobody did. */
  readonly labels: readonly string[]
}

/** Mean of each column. */
export const columnMeans = ({ rows, cols, data }: Matrix): Float64Array => {
  const means = new Float64Array(cols)
  for (let at = 0; at < data.length; at++)
    means[at % cols] = (means[at % cols] as number) + (data[at] as number)
  return means.map((sum) => sum / Math.max(1, rows))
}

/** The mean of what was chosen: `values[i, chosen[i]]` over all rows. */
export const chosenMean = ({ rows, cols, data }: Matrix, chosen: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < rows; i++) sum += data[i * cols + (chosen[i] as number)] as number
  return sum / Math.max(1, rows)
}
