// Choosing by a price: the model whose expected score less price times expected cost is highest. One price is one point of
// the cost–quality curve; which one keeps a target is looked for on prompts that the estimates have not seen.
import type { Matrix } from '../linear/matrix.ts'
import type { CostQuality } from './cost-quality.ts'
import { chosenMean, columnMeans, type OutcomeTable } from './outcome-table.ts'

const PRICES = 80

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
export const pricesFor = ({ costs }: OutcomeTable): number[] => {
  const means = columnMeans(costs)
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length
  if (mean === 0) return [0]
  const ladder = Array.from({ length: PRICES }, (_, i) => 1e-4 * 10 ** ((i * 8) / (PRICES - 1)))
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

/**
 * The cheapest price whose choices reach a quality on these prompts; where none does, the one with the best quality.
 * @param estimates of the prompts of `table`, by a model that has not seen them
 */
export const operatingPoint = (
  estimates: { quality: Matrix; cost: Matrix },
  table: OutcomeTable,
  quality: number,
): OperatingPoint => {
  const points = pricesFor(table).map((price) => ({
    price,
    ...pointsOf(chooseByPrice(estimates, price), table),
  }))
  const reached = points.filter((point) => point.quality >= quality)
  const cheapest = (a: OperatingPoint, b: OperatingPoint) => (b.cost < a.cost ? b : a)
  const best = (a: OperatingPoint, b: OperatingPoint) => (b.quality > a.quality ? b : a)
  return reached.length > 0 ? reached.reduce(cheapest) : points.reduce(best)
}
