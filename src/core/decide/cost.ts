// Tokens × price: the one place where a cost is computed. An unknown price gives null, never 0, which would mean "free".
import type { Usage } from '../types.ts'

/** USD per million tokens; null where unknown. */
export interface Price {
  input: number | null
  output: number | null
  /** For prompt tokens read from the provider's cache; absent or null: as other input. */
  cachedInput?: number | null
  /** For prompt tokens written to its cache; absent or null: 1.25 times other input. */
  cacheWrite?: number | null
  /** For prompt tokens cached for an hour; absent or null: twice other input. */
  cacheWriteHour?: number | null
  /** Prices of the provider's other models, by their names there: one of them may answer in place of the requested one. */
  others?: Readonly<Record<string, Price>>
}

/** Anthropic's published prices of cache writes, as multiples of other input. */
const WRITE_FACTOR = 1.25
const WRITE_HOUR_FACTOR = 2

type Counts = Pick<
  Usage,
  | 'promptTokens'
  | 'completionTokens'
  | 'cachedPromptTokens'
  | 'cacheWriteTokens'
  | 'cacheWriteHourTokens'
  | 'servedBy'
>

const times = (price: number | null, factor: number): number | null =>
  price === null ? null : price * factor

const UNKNOWN: Price = { input: null, output: null }

/** The price is that of the model that answered. */
const priceOfServed = ({ servedBy }: Counts, price: Price): Price =>
  servedBy === undefined ? price : (price.others?.[servedBy] ?? UNKNOWN)

/**
 * Cost of one answer in USD.
 * @returns null where the usage, or the price of a part with tokens, is unknown
 */
export const costUsd = (usage: Counts | null, asked: Price): number | null => {
  if (usage === null) return null
  const price = priceOfServed(usage, asked)
  if (price.input === null && price.output === null) return null
  const { promptTokens, completionTokens } = usage
  const cachedTokens = Math.min(usage.cachedPromptTokens ?? 0, promptTokens)
  const writtenTokens = Math.min(usage.cacheWriteTokens ?? 0, promptTokens - cachedTokens)
  const hourTokens = Math.min(usage.cacheWriteHourTokens ?? 0, writtenTokens)
  const freshTokens = promptTokens - cachedTokens - writtenTokens
  const parts: [tokens: number, price: number | null][] = [
    [freshTokens, price.input],
    [cachedTokens, price.cachedInput ?? price.input],
    [writtenTokens - hourTokens, price.cacheWrite ?? times(price.input, WRITE_FACTOR)],
    [hourTokens, price.cacheWriteHour ?? times(price.input, WRITE_HOUR_FACTOR)],
    [completionTokens, price.output],
  ]
  if (parts.some(([tokens, unit]) => tokens > 0 && unit === null)) return null
  // One division at the end: a sum of quotients shows rounding noise in the last digits.
  return parts.reduce((sum, [tokens, unit]) => sum + tokens * (unit ?? 0), 0) / 1_000_000
}
