// Choice by price: the model with the highest expected score − price × expected cost. Each price is one point of the cost–quality
// curve; the price that keeps a target is searched on held-out prompts.
import type { Matrix } from '../linear/matrix.ts'
import type { CostQuality } from './cost-quality.ts'
import { chosenMean, columnMeans, type OutcomeTable } from './outcome-table.ts'

/** Number of prices of a curve, and of a search for one point, which needs finer steps. */
const STEPS = { curve: 80, search: 400 }

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
export const pricesFor = ({ costs }: OutcomeTable, purpose: keyof typeof STEPS): number[] => {
  const means = columnMeans(costs)
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length
  if (mean === 0) return [0]
  const steps = STEPS[purpose]
  const ladder = Array.from({ length: steps }, (_, i) => 1e-4 * 10 ** ((i * 8) / (steps - 1)))
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

export interface OperatingPoint extends CostQuality {
  price: number
}

/** The cheapest point that reaches a quality; the best one where none does. */
export const cheapestReaching = <T extends CostQuality>(
  points: readonly [T, ...T[]],
  quality: number,
): T => {
  const reached = points.filter((point) => point.quality >= quality)
  return reached.length > 0
    ? reached.reduce((a, b) => (b.cost < a.cost ? b : a))
    : points.reduce((a, b) => (b.quality > a.quality ? b : a))
}

/**
 * The price with the cheapest choices that reach a quality on these prompts; the best one where none does.
 * @param estimates out-of-sample estimates of the prompts of `table`
 */
export const operatingPoint = (
  estimates: { quality: Matrix; cost: Matrix },
  table: OutcomeTable,
  quality: number,
): OperatingPoint => {
  const points = pricesFor(table, 'search').map((price) => ({
    price,
    ...pointsOf(chooseByPrice(estimates, price), table),
  }))
  return cheapestReaching(points as [OperatingPoint, ...OperatingPoint[]], quality)
}
