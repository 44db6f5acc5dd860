// Tokens × price. The one place where a cost is computed: an unknown price gives null, never 0 (0 would read as "free").
import type { Usage } from './types.ts'

/** USD per million tokens; null where unknown. */
export interface Price {
  input: number | null
  output: number | null
}

/**
 * Cost of one answer in USD. A side without a price is only harmless where it has no tokens.
 * @returns null where usage or a price that is needed is unknown.
 */
export const costUsd = (
  usage: Pick<Usage, 'promptTokens' | 'completionTokens'> | null,
  price: Price,
): number | null => {
  if (usage === null) return null
  if (price.input === null && price.output === null) return null
  const isInputUnknown = price.input === null && usage.promptTokens > 0
  const isOutputUnknown = price.output === null && usage.completionTokens > 0
  if (isInputUnknown || isOutputUnknown) return null
  const { promptTokens, completionTokens } = usage
  // One division at the end: a sum of two quotients shows rounding noise in the last digits.
  return (promptTokens * (price.input ?? 0) + completionTokens * (price.output ?? 0)) / 1_000_000
}
