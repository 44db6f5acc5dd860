// Tokens × price. The one place where a cost is computed: an unknown price gives null, never 0 (0 would read as "free").
import type { Usage } from '../types.ts'

/** USD per million tokens; null where unknown. */
export interface Price {
  input: number | null
  output: number | null
  /** For prompt tokens that the provider read from its cache; absent or null: as other input. */
  cachedInput?: number | null
}

/**
 * Cost of one answer in USD. A side without a price is only harmless where it has no tokens.
 * @returns null where usage or a price that is needed is unknown.
 */
export const costUsd = (
  usage: Pick<Usage, 'promptTokens' | 'completionTokens' | 'cachedPromptTokens'> | null,
  price: Price,
): number | null => {
  if (usage === null) return null
  if (price.input === null && price.output === null) return null
  const { promptTokens, completionTokens } = usage
  const cachedTokens = Math.min(usage.cachedPromptTokens ?? 0, promptTokens)
  const freshTokens = promptTokens - cachedTokens
  const parts: [tokens: number, price: number | null][] = [
    [freshTokens, price.input],
    [cachedTokens, price.cachedInput ?? price.input],
    [completionTokens, price.output],
  ]
  if (parts.some(([tokens, unit]) => tokens > 0 && unit === null)) return null
  // One division at the end: a sum of quotients shows rounding noise in the last digits.
  return parts.reduce((sum, [tokens, unit]) => sum + tokens * (unit ?? 0), 0) / 1_000_000
}
