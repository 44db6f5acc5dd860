// A route's cost–quality curve on held-out prompts, one step per price of quality, and the step that keeps a target.
import type { CostQuality } from './cost-quality.ts'
import type { Unseen } from './learned-outcomes.ts'
import { chooseByPrice, pointsOf, pricesFor, singlePoints } from './operating-point.ts'

export interface PriceStep extends CostQuality {
  /** Score that one USD is worth: 0 at the first step, dominating at the last. */
  price: number
}

export interface PriceLadder {
  models: readonly string[]
  /** Ascending by price. */
  steps: PriceStep[]
  /** The best single model for all these prompts, and the point of each model alone. */
  best: { model: string } & CostQuality
  singles: CostQuality[]
  /** Number of prompts behind the curve. */
  rows: number
}

export const priceLadder = ({ estimates, table }: Unseen): PriceLadder => {
  const steps = pricesFor(table, 'curve').map((price) => ({
    price,
    ...pointsOf(chooseByPrice(estimates, price), table),
  }))
  const singles = singlePoints(table)
  const top = singles.reduce((a, b) => (b.quality > a.quality ? b : a))
  const model = table.models[singles.indexOf(top)] as string
  return {
    models: table.models,
    steps,
    best: { model, ...top },
    singles,
    rows: table.labels.length,
  }
}

const cheapest = (a: PriceStep, b: PriceStep): PriceStep => (b.cost < a.cost ? b : a)
const best = (a: PriceStep, b: PriceStep): PriceStep => (b.quality > a.quality ? b : a)

/** The cheapest step that keeps a share of the best model's quality; the best step where none does. */
export const stepForQuality = ({ steps, best: single }: PriceLadder, share: number): PriceStep => {
  const reached = steps.filter(({ quality }) => quality >= share * single.quality)
  return reached.length > 0 ? reached.reduce(cheapest) : steps.reduce(best)
}

/** The best step of at most this cost per prompt; the cheapest where there is none. */
export const stepForCost = ({ steps }: PriceLadder, usd: number): PriceStep => {
  const within = steps.filter(({ cost }) => cost <= usd)
  return within.length > 0 ? within.reduce(best) : steps.reduce(cheapest)
}
