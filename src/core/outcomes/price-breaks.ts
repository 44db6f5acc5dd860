// At which prices of quality the choice for a prompt changes: the lines "score less price times cost" of its models cross there
// (their upper envelope). With these, a curve has a step for every change, and none between two of them.
import type { Matrix } from '../linear/matrix.ts'

export interface PriceBreaks {
  /** The model of each prompt at price 0. */
  readonly first: Int32Array
  /** Of changes, the lowest price first: from this price on, the prompt has this model. */
  readonly prices: Float64Array
  readonly rows: Int32Array
  readonly models: Int32Array
}

interface Change {
  price: number
  row: number
  model: number
}

const bestOf = (values: Float32Array): number =>
  values.reduce((best, value, j) => (value > (values[best] as number) ? j : best), 0)

/** The next cheaper model that is better from some price on, and that price; null where none is cheaper. */
const nextOf = (quality: Float32Array, cost: Float32Array, from: number) => {
  let [model, least] = [-1, Number.POSITIVE_INFINITY]
  for (const [j, value] of cost.entries()) {
    const saved = (cost[from] as number) - value
    if (!(saved > 0)) continue
    const price = ((quality[from] as number) - (quality[j] as number)) / saved
    // Of several at one price the cheapest: the others are passed over.
    const isCheaper = price === least && value < (cost[model] as number)
    if (price < least || isCheaper) [model, least] = [j, price]
  }
  return model === -1 ? null : { model, price: least }
}

export const priceBreaks = (estimates: { quality: Matrix; cost: Matrix }): PriceBreaks => {
  const { rows, cols } = estimates.quality
  const first = new Int32Array(rows)
  const changes: Change[] = []
  for (let row = 0; row < rows; row++) {
    const part = ({ data }: Matrix) => data.subarray(row * cols, (row + 1) * cols)
    const [quality, cost] = [part(estimates.quality), part(estimates.cost)]
    first[row] = bestOf(quality)
    let next = nextOf(quality, cost, first[row] as number)
    for (; next; next = nextOf(quality, cost, next.model)) changes.push({ row, ...next })
  }
  changes.sort((a, b) => a.price - b.price)
  return {
    first,
    prices: Float64Array.from(changes, ({ price }) => price),
    rows: Int32Array.from(changes, ({ row }) => row),
    models: Int32Array.from(changes, ({ model }) => model),
  }
}
