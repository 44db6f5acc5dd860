// The routes that select by outcomes, with their targets; and the cost of a usual answer by a model's prices.
import type { Config } from '../../config/config-schema.ts'
import { priceOf } from '../../config/price-of.ts'
import { policyOf } from '../../config/schema/select-schema.ts'
import { costUsd } from '../../core/decide/cost.ts'
import type { RouteAim } from './fit-outcomes.ts'

export const routeAims = ({ routes }: Pick<Config, 'routes'>): RouteAim[] =>
  Object.entries(routes).flatMap(([route, { models, select }]) => {
    const { target } = policyOf(select).settings
    if (target === null) return []
    return [{ route, models, quality: 'quality' in target ? target.quality : 1 }]
  })

/** Assumed tokens of a prompt and its answer. */
const USUAL = { promptTokens: 500, completionTokens: 300 }

/** Null where a price is unknown. */
export const nominalUsd =
  ({ models }: Pick<Config, 'models'>) =>
  (model: string): number | null => {
    const settings = models[model]
    return settings ? costUsd(USUAL, priceOf(settings)) : null
  }
