// The configured models as targets of calls: provider, name there, prices and output limit.
import type { Config } from '../config/config-schema.ts'
import { priceOf } from '../config/price-of.ts'
import type { UpstreamTarget } from '../dialects/chat/upstream-request.ts'

/** By configured model id. */
export const toTargets = (models: Config['models']): Record<string, UpstreamTarget> =>
  Object.fromEntries(
    Object.entries(models).map(([model, settings]) => [
      model,
      {
        provider: settings.provider,
        model,
        upstreamName: settings.name,
        price: priceOf(settings),
        maxOutputTokens: settings.max_output_tokens,
      },
    ]),
  )
