// Choice by price: the model with the highest expected score − price × expected cost. Each price is one point of the cost–quality
// curve.
import type { Matrix } from '../linear/matrix.ts'
import type { CostQuality } from './cost-quality.ts'
import { chosenMean, columnMeans, type OutcomeTable } from './outcome-table.ts'

/** Number of prices of a curve. */
const STEPS = 80

/** The chosen model of each prompt, by column. @param price score that one USD is worth */
export const chooseByPrice = (
  { quality, cost }: { quality: Matrix; cost: Matrix },
  price: number,
): Int32Array => {
  const { rows, cols } = quality
  const chosen = new Int32Array(rows)
  for (let i = 0; i < rows; i++) {
    let best = Number.NEGATIVE_INFINITY
    for (let j = 0; j < cols; j++) {
      const worth =
        (quality.data[i * cols + j] as number) - price * (cost.data[i * cols + j] as number)
      if (worth > best) {
        best = worth
        chosen[i] = j
      }
    }
  }
  return chosen
}

/** Prices from 0 to where only the cost counts. */
export const pricesFor = ({ costs }: OutcomeTable): number[] => {
  const means = columnMeans(costs)
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length
  if (mean === 0) return [0]
  const ladder = Array.from({ length: STEPS }, (_, i) => 1e-4 * 10 ** ((i * 8) / (STEPS - 1)))
  return [0, ...ladder.map((price) => price / mean)]
}

export const pointsOf = (
  chosen: ArrayLike<number>,
  { scores, costs }: OutcomeTable,
): CostQuality => ({
  cost: chosenMean(costs, chosen),
  quality: chosenMean(scores, chosen),
})

/** The point of each model alone. */
export const singlePoints = ({ scores, costs }: OutcomeTable): CostQuality[] => {
  const [quality, cost] = [columnMeans(scores), columnMeans(costs)]
  return Array.from(quality, (value, j) => ({ quality: value, cost: cost[j] as number }))
}
