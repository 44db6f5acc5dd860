// One route's curve of cost and quality on prompts that the estimates have not seen, a step for each price of quality; and the
// step that keeps a target.
import type { CostQuality } from './cost-quality.ts'
import type { Unseen } from './learned-outcomes.ts'
import { chooseByPrice, pointsOf, pricesFor, singlePoints } from './operating-point.ts'

export interface PriceStep extends CostQuality {
  /** Points of score that one USD is worth: nothing at the first step, all at the last. */
  price: number
}

export interface PriceLadder {
  models: readonly string[]
  /** By price, the lowest first. */
  steps: PriceStep[]
  /** The model that is best for all these prompts, and what each model would be. */
  best: { model: string } & CostQuality
  singles: CostQuality[]
  /** Prompts that it was measured on. */
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

/** The cheapest step that keeps a share of the best model's quality; where none does, the best. */
export const stepForQuality = ({ steps, best: single }: PriceLadder, share: number): PriceStep => {
  const reached = steps.filter(({ quality }) => quality >= share * single.quality)
  return reached.length > 0 ? reached.reduce(cheapest) : steps.reduce(best)
}

/** The best step that costs no more than this a prompt; where none does, the cheapest. */
export const stepForCost = ({ steps }: PriceLadder, usd: number): PriceStep => {
  const within = steps.filter(({ cost }) => cost <= usd)
  return within.length > 0 ? within.reduce(best) : steps.reduce(cheapest)
}
