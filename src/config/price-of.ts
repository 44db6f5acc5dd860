// A configured model's prices in the form that costs are computed with.
import type { Price } from '../core/decide/cost.ts'
import type { ModelConfig } from './config-schema.ts'

export const priceOf = (model: ModelConfig): Required<Omit<Price, 'others'>> => ({
  input: model.input_usd_per_million,
  output: model.output_usd_per_million,
  cachedInput: model.cached_input_usd_per_million,
  cacheWrite: model.cache_write_usd_per_million,
  cacheWriteHour: model.cache_write_1h_usd_per_million,
})
