// Outcomes of several models on the same prompts, as matrices of scores and costs.
import { type Matrix, takeRows } from '../linear/matrix.ts'

export interface OutcomeTable {
  /** Model names, in the order of the columns. */
  readonly models: readonly string[]
  /** Prompts × models: 0 to 1; NaN where the model has not answered the prompt. */
  readonly scores: Matrix
  /** Prompts × models: USD, at least 0; NaN where unknown. */
  readonly costs: Matrix
  /** Label of each prompt; '' where it has none. */
  readonly labels: readonly string[]
}

/** Mean of the known values of each column; 0 where there are none. */
export const columnMeans = ({ cols, data }: Matrix): Float64Array => {
  const sums = new Float64Array(cols)
  const counts = new Float64Array(cols)
  for (let at = 0; at < data.length; at++) {
    const value = data[at] as number
    if (Number.isNaN(value)) continue
    sums[at % cols] = (sums[at % cols] as number) + value
    counts[at % cols] = (counts[at % cols] as number) + 1
  }
  return sums.map((sum, j) => sum / Math.max(1, counts[j] as number))
}

/** Each value minus the mean of its column; 0 where unknown. */
export const centred = (values: Matrix, means: ArrayLike<number>): Matrix => ({
  ...values,
  data: values.data.map((value, at) =>
    Number.isNaN(value) ? 0 : value - (means[at % values.cols] as number),
  ),
})

/** 1 for known values, 0 for unknown ones. */
export const knownOf = (values: Matrix): Matrix => ({
  ...values,
  data: values.data.map((value) => (Number.isNaN(value) ? 0 : 1)),
})

/** Mean of `values[i, chosen[i]]` over all rows where it is known. */
export const chosenMean = ({ rows, cols, data }: Matrix, chosen: ArrayLike<number>): number => {
  let sum = 0
  let count = 0
  for (let i = 0; i < rows; i++) {
    const value = data[i * cols + (chosen[i] as number)] as number
    if (Number.isNaN(value)) continue
    sum += value
    count++
  }
  return sum / Math.max(1, count)
}

/** Only these prompts. */
export const takeOutcomes = (table: OutcomeTable, chosen: Int32Array): OutcomeTable => ({
  models: table.models,
  scores: takeRows(table.scores, chosen),
  costs: takeRows(table.costs, chosen),
  labels: Array.from(chosen, (row) => table.labels[row] as string),
})
