// The outcome model of a generation: predictions for one prompt at a time, and held-out prompts with its estimates of them, on
// which the price of quality is solved for a target.
import { type Matrix, takeRows } from '../linear/matrix.ts'
import type { Estimates } from './outcome-model.ts'
import type { OutcomeTable } from './outcome-table.ts'

/** One value per model. */
export interface Prediction {
  quality: ArrayLike<number>
  /** Half of the 90 % interval around the quality. */
  halfWidth: ArrayLike<number>
  /** USD. */
  cost: ArrayLike<number>
}

/** Prompts × models. */
export interface HeldOutOutcomes {
  /** Label of each prompt. */
  labels: string[]
  /** Estimates. */
  quality: Matrix
  halfWidth: Matrix
  cost: Matrix
  /** Observed scores and costs. */
  scores: Matrix
  costs: Matrix
}

export interface LearnedOutcomes {
  models: readonly string[]
  /** @param row of `outcomeRows` */
  predict(row: Float32Array): Prediction
  heldOut: HeldOutOutcomes
  /** `PRICE_RULE` of the version that fitted it; absent before there was one. */
  priceRule?: number | undefined
}

/** Least number of held-out prompts of a route to draw its curve from them alone. */
const LEAST_OF_ROUTE = 100
/** Most prompts of a curve, because it is drawn on the event loop: with 20 models it takes some ten milliseconds. */
const MOST_ROWS = 1_200

const columnsOf = (matrix: Matrix, columns: readonly number[]): Matrix => {
  const { rows, cols } = matrix
  const data = new Float32Array(rows * columns.length)
  for (let i = 0; i < rows; i++)
    for (const [j, column] of columns.entries())
      data[i * columns.length + j] = matrix.data[i * cols + column] as number
  return { rows, cols: columns.length, data }
}

/** As they are chosen by: quality at the lower end of its interval. */
export const lowerBounds = ({ quality, halfWidth, cost }: Estimates): Unseen['estimates'] => ({
  quality: {
    ...quality,
    data: quality.data.map((value, at) => value - (halfWidth.data[at] as number)),
  },
  cost,
})

export interface Unseen {
  /** Lower bounds of quality, and costs: what a choice compares. */
  estimates: { quality: Matrix; cost: Matrix }
  table: OutcomeTable
}

/**
 * The held-out prompts with the columns of `models`: those labelled with the route where there are enough, else all.
 * Null where fewer than two of `models` are known.
 */
export const unseenOf = (
  { models: known, heldOut }: Pick<LearnedOutcomes, 'models' | 'heldOut'>,
  { route, models }: { route: string; models: readonly string[] },
): Unseen | null => {
  const names = models.filter((name) => known.includes(name))
  if (names.length < 2) return null
  const columns = names.map((name) => known.indexOf(name))
  const all = [...heldOut.labels.keys()]
  const own = all.filter((i) => heldOut.labels[i] === route)
  const found = own.length >= LEAST_OF_ROUTE ? own : all
  const step = Math.ceil(found.length / MOST_ROWS)
  const rows = found.filter((_, i) => i % step === 0)
  const part = (matrix: Matrix) => columnsOf(takeRows(matrix, rows), columns)
  const { quality, halfWidth, cost } = heldOut
  return {
    estimates: lowerBounds({
      quality: part(quality),
      halfWidth: part(halfWidth),
      cost: part(cost),
    }),
    table: {
      models: names,
      scores: part(heldOut.scores),
      costs: part(heldOut.costs),
      labels: rows.map((row) => heldOut.labels[row] as string),
    },
  }
}
