// The configured models as what calls are made to.
import type { Config } from '../config/config-schema.ts'
import type { UpstreamTarget } from '../dialects/chat/upstream-request.ts'

/** By configured model id. */
export const toTargets = (models: Config['models']): Record<string, UpstreamTarget> =>
  Object.fromEntries(
    Object.entries(models).map(([model, { provider, name, ...prices }]) => [
      model,
      {
        provider,
        model,
        upstreamName: name,
        price: {
          input: prices.input_usd_per_million,
          output: prices.output_usd_per_million,
          cachedInput: prices.cached_input_usd_per_million,
          cacheWrite: prices.cache_write_usd_per_million,
          cacheWriteHour: prices.cache_write_1h_usd_per_million,
        },
        maxOutputTokens: prices.max_output_tokens,
      },
    ]),
  )
