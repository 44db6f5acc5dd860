// The choices that estimates lead to at every price, and the area under what they cost and are worth.
import type { Matrix } from '../../core/linear/matrix.ts'
import { aiqOf, apgrOf, type CostQuality } from '../../core/outcomes/cost-quality.ts'
import {
  chooseByPrice,
  pointsOf,
  pricesFor,
  singlePoints,
} from '../../core/outcomes/operating-point.ts'
import type { OutcomeTable } from '../../core/outcomes/outcome-table.ts'

/** What choosing reads: prompts × models each. */
export interface Guesses {
  quality: Matrix
  cost: Matrix
}

/** The costs of the cheapest and of the dearest single model. */
export const rangeOf = (points: readonly CostQuality[]) => ({
  low: Math.min(...points.map(({ cost }) => cost)),
  high: Math.max(...points.map(({ cost }) => cost)),
})

/** The choices at every price. */
export const sweep = (estimates: Guesses, table: OutcomeTable): Int32Array[] =>
  pricesFor(table).map((price) => chooseByPrice(estimates, price))

export const aiqOfChoices = (choices: readonly Int32Array[], table: OutcomeTable): number =>
  aiqOf(
    choices.map((chosen) => pointsOf(chosen, table)),
    rangeOf(singlePoints(table)),
  )

/** Of single models: no router, or one that draws between two of them. */
export const aiqOfSingles = (table: OutcomeTable): number => {
  const points = singlePoints(table)
  return aiqOf(points, rangeOf(points))
}

/** Of two models: the gain recovered over all shares of prompts, by what is guessed of the strong one's lead. */
export const apgrOfGuesses = (
  quality: Matrix,
  { scores }: OutcomeTable,
  strong: number,
): number => {
  const column = ({ data }: Matrix, j: number) => data.filter((_, at) => at % 2 === j)
  const [a, b] = [column(quality, strong), column(quality, 1 - strong)]
  const gain = a.map((value, i) => value - (b[i] as number))
  return apgrOf(gain, { strong: column(scores, strong), weak: column(scores, 1 - strong) })
}

export const bestOf = (values: ArrayLike<number>): number => {
  let best = 0
  for (let j = 1; j < values.length; j++)
    if ((values[j] as number) > (values[best] as number)) best = j
  return best
}

/** Where no costs are known: using the best model costs 1, and any other nothing. */
export const withUnitCosts = (table: OutcomeTable, best: number): OutcomeTable => {
  const { rows, cols } = table.scores
  const data = Float32Array.from({ length: rows * cols }, (_, at) => (at % cols === best ? 1 : 0))
  return { ...table, costs: { rows, cols, data } }
}
