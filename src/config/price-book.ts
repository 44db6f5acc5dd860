// The price book: prices, context windows and capabilities of common models, each with date and source, used where the configuration
// gives none. Models that are not in it stay without. Stored configurations contain the values of their time and are not filled again.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Config, ModelConfig, ProviderConfig } from './config-schema.ts'
import { presetNameOf } from './preset-hosts.ts'

const price = z.number().nonnegative().nullable()

const rowSchema = z.strictObject({
  /** A preset, or a kind of its own: anthropic, gemini. */
  provider: z.string(),
  model: z.string(),
  input: price,
  cached_input: price,
  output: price,
  cache_write: price,
  context_window: z.int().positive().nullable(),
  max_output_tokens: z.int().positive().nullable(),
  capabilities: z.array(z.enum(['tools', 'vision', 'json_schema', 'audio', 'files'])).nullable(),
  /** Date of the source. */
  date: z.iso.date(),
  source: z.url(),
})

const bookSchema = z.strictObject({
  version: z.string(),
  unit: z.literal('USD per million tokens'),
  rows: z.array(rowSchema),
})

export type PriceRow = z.infer<typeof rowSchema>

export interface PriceBook {
  version: string
  rows: PriceRow[]
  /** Null for unknown models. */
  find(provider: ProviderConfig, name: string): PriceRow | null
}

const packageFolder = (from: string = dirname(fileURLToPath(import.meta.url))): string =>
  existsSync(join(from, 'package.json')) ? from : packageFolder(dirname(from))

/** @throws Error where the file is missing or malformed, which is part of the program */
const readPriceBook = (): PriceBook => {
  const text = readFileSync(join(packageFolder(), 'models', 'prices.json'), 'utf8')
  const { version, rows } = bookSchema.parse(JSON.parse(text))
  const byName = new Map(rows.map((row) => [keyOf(row.provider, row.model), row]))
  const find: PriceBook['find'] = (provider, name) => {
    const vendor = vendorOf(provider)
    if (vendor === undefined) return null
    return byName.get(keyOf(vendor, name)) ?? byName.get(keyOf(vendor, undated(name))) ?? null
  }
  return { version, rows, find }
}

let held: PriceBook | null = null

/** Read once. */
export const priceBook = (): PriceBook => {
  held ??= readPriceBook()
  return held
}

const keyOf = (provider: string, model: string): string => JSON.stringify([provider, model])

/** The vendor whose prices apply; undefined for unknown servers. */
const vendorOf = ({ kind, preset, base_url }: ProviderConfig): string | undefined => {
  if (kind === 'openai') return presetNameOf(preset, base_url)
  return kind === 'echo' ? undefined : kind
}

/** Removes the date of names such as `claude-haiku-4-5-20251001` and `gpt-4.1-2025-04-14`. */
const undated = (name: string): string => name.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '')

/** The configuration, with values of the price book where it gives none. */
export const withPrices = (config: Config): Config => ({
  ...config,
  models: Object.fromEntries(
    Object.entries(config.models).map(([id, model]) => {
      const provider = config.providers[model.provider]
      const row = provider ? priceBook().find(provider, model.name) : null
      return [id, row ? filled(model, row) : model]
    }),
  ),
})

/** Prices are filled all or none: where one is configured, the book's others may not fit its contract. */
const filled = (model: ModelConfig, row: PriceRow): ModelConfig => ({
  ...model,
  ...(hasPrice(model)
    ? {}
    : {
        input_usd_per_million: row.input,
        output_usd_per_million: row.output,
        cached_input_usd_per_million: row.cached_input,
        cache_write_usd_per_million: row.cache_write,
      }),
  context_window: model.context_window ?? row.context_window,
  max_output_tokens: model.max_output_tokens ?? row.max_output_tokens,
  capabilities: model.capabilities ?? row.capabilities,
})

export const hasPrice = (model: ModelConfig): boolean =>
  [
    model.input_usd_per_million,
    model.output_usd_per_million,
    model.cached_input_usd_per_million,
    model.cache_write_usd_per_million,
    model.cache_write_1h_usd_per_million,
  ].some((one) => one !== null)
