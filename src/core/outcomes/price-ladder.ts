// A route's cost–quality curve on held-out prompts, a step wherever a price changes a choice, and the step that keeps a target.
import type { CostQuality } from './cost-quality.ts'
import type { Unseen } from './learned-outcomes.ts'
import { singlePoints } from './operating-point.ts'
import { chosenMoments } from './paired-moments.ts'
import { priceBreaks } from './price-breaks.ts'

export interface PriceStep extends CostQuality {
  /** Score that one USD is worth: 0 at the first step, dominating at the last. */
  price: number
  /** Of the mean score, and of it with the mean score of the best single model on the same prompts. */
  variance: number
  covariance: number
}

export interface PriceLadder {
  models: readonly string[]
  /** Ascending by price. */
  steps: PriceStep[]
  /** Steps that are better than all that cost no more, the cheapest first. */
  frontier: PriceStep[]
  /** The best single model for all these prompts, and the point of each model alone. */
  best: { model: string; variance: number } & CostQuality
  singles: CostQuality[]
  /** Number of prompts behind the curve. */
  rows: number
}

/** Of how a price is solved: what was decided by another rule is not solved anew. */
export const PRICE_RULE = 2

/** More change a choice for a thousandth of the prompts at a time, or less. */
const MOST_STEPS = 2_000

const frontierOf = (steps: readonly PriceStep[]): PriceStep[] => {
  const kept: PriceStep[] = []
  for (const step of steps.toSorted((a, b) => a.cost - b.cost || b.quality - a.quality))
    if (step.quality > (kept.at(-1)?.quality ?? Number.NEGATIVE_INFINITY)) kept.push(step)
  return kept
}

/**
 * Of the prices that lead to the same choices on known prompts the middle one by ratio: prompts that are not known are then
 * decided neither for quality nor for cost where that makes no difference to the known ones.
 */
const priceWithin = (here: number, next: number): number => {
  if (!Number.isFinite(next)) return here * 2
  return here > 0 ? Math.sqrt(here * next) : next / 2
}

/** A step for every price between two changes of a choice. */
const stepsOf = ({ estimates, table }: Unseen, best: number): PriceStep[] => {
  const { first, prices, rows, models } = priceBreaks(estimates)
  const moments = chosenMoments(table, first, best)
  const steps: PriceStep[] = [{ price: 0, ...moments.now() }]
  const stride = Math.ceil(prices.length / MOST_STEPS)
  for (let i = 0; i < prices.length; i++) {
    moments.change(rows[i] as number, models[i] as number)
    const [here, next] = [prices[i] as number, prices[i + 1] ?? Number.POSITIVE_INFINITY]
    const isSkipped = i % stride !== 0 && i < prices.length - 1
    if (next === here || isSkipped) continue
    steps.push({ price: priceWithin(here, next), ...moments.now() })
  }
  return steps
}

/** @param best number of the model that targets refer to; by default the one that is best on these prompts */
export const priceLadder = (unseen: Unseen, best?: number): PriceLadder => {
  const { table } = unseen
  const singles = singlePoints(table)
  const top =
    best ??
    singles.reduce(
      (a, { quality }, j) => (quality > (singles[a] as CostQuality).quality ? j : a),
      0,
    )
  const steps = stepsOf(unseen, top)
  const always = new Int32Array(table.labels.length).fill(top)
  const { variance } = chosenMoments(table, always, top).now()
  return {
    models: table.models,
    steps,
    frontier: frontierOf(steps),
    best: { model: table.models[top] as string, variance, ...(singles[top] as CostQuality) },
    singles,
    rows: table.labels.length,
  }
}

/** Deviations of the normal distribution: of one step 95 % are above; of the cheapest of many that seem to do, some 90 %. */
const CONFIDENCE = 1.645
/** That a target may be missed by, a quarter of a point of a hundred. */
const TOLERANCE = 0.0025

/**
 * By how much a step's quality is above a share of the best model's, less what chance may have added: with 95 % confidence, by
 * the differences on the same prompts, it is missed by no more than a quarter of a point. At 0 it is just kept.
 */
export const roomOf = ({ best }: PriceLadder, step: PriceStep, share: number): number => {
  const gap = step.quality - share * best.quality
  const spread = step.variance - 2 * share * step.covariance + share * share * best.variance
  return gap - Math.max(0, CONFIDENCE * Math.sqrt(Math.max(0, spread)) - TOLERANCE)
}

/** The cheapest step that keeps a share of the best model's quality; where none does, the one that is nearest to it. */
export const stepForQuality = (ladder: PriceLadder, share: number): PriceStep => {
  const rated = ladder.steps.map((step) => ({ step, room: roomOf(ladder, step, share) }))
  const kept = rated.filter(({ room }) => room >= 0)
  return kept.length > 0
    ? kept.reduce((a, b) => (b.step.cost < a.step.cost ? b : a)).step
    : rated.reduce((a, b) => (b.room > a.room ? b : a)).step
}

/** The best step that costs no more than this a prompt; where none does, the cheapest. */
export const stepForCost = ({ frontier }: PriceLadder, usd: number): PriceStep =>
  frontier.findLast(({ cost }) => cost <= usd) ?? (frontier[0] as PriceStep)
