// Choosing by a price: the model whose expected score less price times expected cost is highest. One price is one point of
// the cost–quality curve; which one keeps a target is looked for on prompts that the estimates have not seen.
import type { Matrix } from '../linear/matrix.ts'
import type { CostQuality } from './cost-quality.ts'
import { chosenMean, columnMeans, type OutcomeTable } from './outcome-table.ts'

/** Of a curve; and of a search for one point of it, where a step must not miss the target by much. */
const STEPS = { curve: 80, search: 400 }

/** The model of each prompt, by number. @param price points of score that one USD is worth */
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

/** Prices from nothing to where only cost counts. */
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

/** Always the same model, for each of them. */
export const singlePoints = ({ scores, costs }: OutcomeTable): CostQuality[] => {
  const [quality, cost] = [columnMeans(scores), columnMeans(costs)]
  return Array.from(quality, (value, j) => ({ quality: value, cost: cost[j] as number }))
}

export interface OperatingPoint extends CostQuality {
  price: number
}

/** The cheapest point that reaches a quality; where none does, the one with the best quality. */
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
 * The cheapest price whose choices reach a quality on these prompts; where none does, the one with the best quality.
 * @param estimates of the prompts of `table`, by a model that has not seen them
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
