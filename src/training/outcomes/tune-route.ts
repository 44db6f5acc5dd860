// Where a route could stand between cost and quality: the curve on prompts that the estimates have not seen, the point that keeps a
// target, and what the configuration would say then.
import type { Config } from '../../config/config-schema.ts'
import { type ConfigChange, diffConfigs } from '../../config/diff-configs.ts'
import type { CostQuality } from '../../core/outcomes/cost-quality.ts'
import { type LearnedOutcomes, unseenOf } from '../../core/outcomes/learned-outcomes.ts'
import { chooseByPrice } from '../../core/outcomes/operating-point.ts'
import {
  type PriceLadder,
  type PriceStep,
  priceLadder,
  roomOf,
  stepForCost,
  stepForQuality,
} from '../../core/outcomes/price-ladder.ts'
import { RouterError } from '../../errors.ts'

export type TuneTarget = { quality: number } | { usdPerDay: number; requestsPerDay: number }

export interface TuneReport {
  route: string
  models: string[]
  /** Held-out prompts that the curve was measured on. */
  prompts: number
  /** By cost, the cheapest first: steps that no cheaper one is as good as. */
  curve: CostQuality[]
  singles: ({ model: string } & CostQuality)[]
  best: { model: string } & CostQuality
  target: TuneTarget
  point: CostQuality & Pick<PriceStep, 'price'>
  /** Of a quality: what it asks of these prompts, and whether so few show that the point keeps it. Null for a budget. */
  wanted: { quality: number; isSure: boolean } | null
  /** Share of the held-out prompts of each model at that point. */
  share: Record<string, number>
  /** What the configuration would have to say. */
  plan: ConfigChange[]
}

const shareOf = (chosen: Int32Array, models: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    models.map((model, j) => [model, chosen.filter((one) => one === j).length / chosen.length]),
  )

const bestOf = ({ best: { model, cost, quality } }: PriceLadder): TuneReport['best'] => ({
  model,
  cost,
  quality,
})

const wantedOf = (
  ladder: PriceLadder,
  step: PriceStep,
  target: TuneTarget,
): TuneReport['wanted'] =>
  'quality' in target
    ? {
        quality: target.quality * ladder.best.quality,
        isSure: roomOf(ladder, step, target.quality) >= 0,
      }
    : null

/** Other settings of a route that chooses by outcomes already stay. */
const planOf = (config: Config, route: string, target: TuneTarget): ConfigChange[] => {
  const before = config.routes[route]?.select
  const isLearned = typeof before === 'object' && before.policy === 'learned'
  const wanted = 'quality' in target ? target : { usd_per_day: target.usdPerDay }
  const after = { ...(isLearned ? before : { policy: 'learned' }), target: wanted }
  const part = (select: unknown) => ({ routes: { [route]: { select } } })
  return diffConfigs(part(before), part(after))
}

/** @throws RouterError `route_not_found` */
export const routeToTune = ({ routes }: Config, route: string): Config['routes'][string] => {
  const settings = Object.hasOwn(routes, route) ? routes[route] : undefined
  if (settings) return settings
  const known = Object.keys(routes).join(', ')
  throw new RouterError('route_not_found', `There is no route "${route}". Routes: ${known}.`)
}

/** @throws RouterError `route_not_found`; `invalid_request` where outcomes know fewer than two of the route's models */
export const tuneRoute = (
  config: Config,
  learned: Pick<LearnedOutcomes, 'models' | 'heldOut'>,
  { route, target }: { route: string; target: TuneTarget },
): TuneReport => {
  const settings = routeToTune(config, route)
  const unseen = unseenOf(learned, { route, models: settings.models })
  if (unseen === null) {
    const message = `Outcomes know fewer than two of ${settings.models.join(', ')}; import some: signalbox outcomes import FILE`
    throw new RouterError('invalid_request', message)
  }
  const ladder = priceLadder(unseen)
  const step =
    'quality' in target
      ? stepForQuality(ladder, target.quality)
      : stepForCost(ladder, target.usdPerDay / target.requestsPerDay)
  const { price, cost, quality } = step
  const chosen = chooseByPrice(unseen.estimates, price)
  return {
    ...{ route, target, prompts: ladder.rows },
    point: { price, cost, quality },
    wanted: wantedOf(ladder, step, target),
    best: bestOf(ladder),
    models: [...ladder.models],
    curve: ladder.frontier.map(({ cost, quality }) => ({ cost, quality })),
    singles: ladder.singles.map((single, j) => ({ model: ladder.models[j] as string, ...single })),
    share: shareOf(chosen, ladder.models),
    plan: planOf(config, route, target),
  }
}
