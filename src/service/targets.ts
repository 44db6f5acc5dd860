// The configured models as targets of upstream calls: provider, name there, prices and output limit.
import type { Config } from '../config/config-schema.ts'
import { priceOf } from '../config/price-of.ts'
import type { Price } from '../core/decide/cost.ts'
import type { UpstreamTarget } from '../dialects/chat/upstream-request.ts'

/** Prices by provider and by the model's name there. */
const pricesOf = (models: Config['models']): Record<string, Record<string, Price>> => {
  const prices: Record<string, Record<string, Price>> = {}
  for (const model of Object.values(models)) {
    const known = prices[model.provider] ?? {}
    prices[model.provider] = known
    known[model.name] = priceOf(model)
  }
  return prices
}

/** By configured model id. */
export const toTargets = (models: Config['models']): Record<string, UpstreamTarget> => {
  const prices = pricesOf(models)
  return Object.fromEntries(
    Object.entries(models).map(([model, settings]) => {
      const { provider, name: upstreamName, max_output_tokens: maxOutputTokens } = settings
      const price: Price = { ...priceOf(settings), others: prices[provider] ?? {} }
      const { effort, answer_tokens: answerTokens } = settings
      const asked = { effort, answerTokens }
      return [model, { provider, model, upstreamName, price, maxOutputTokens, ...asked }]
    }),
  )
}
