// Anthropic's token counts. It counts tokens read from and written to its cache beside `input_tokens`; the prompt is all
// three together, as OpenAI counts it.

import type { Usage } from '../../core/types.ts'
import { isObject } from '../json.ts'

export interface TokenCounts {
  input: number
  cacheRead: number
  cacheWritten: number
  output: number
}

const NAMES = {
  input: 'input_tokens',
  cacheRead: 'cache_read_input_tokens',
  cacheWritten: 'cache_creation_input_tokens',
  output: 'output_tokens',
} as const satisfies Record<keyof TokenCounts, string>

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

/** What `usage` names, over what was known: a stream tells some at its start and some at its end. Null where nothing is known. */
export const mergeCounts = (known: TokenCounts | null, usage: unknown): TokenCounts | null => {
  if (!isObject(usage)) return known
  const counts = known ?? { input: 0, cacheRead: 0, cacheWritten: 0, output: 0 }
  const told = (Object.keys(NAMES) as (keyof TokenCounts)[]).flatMap((key) => {
    const value = usage[NAMES[key]]
    return isCount(value) ? [[key, value] as const] : []
  })
  return told.length === 0 ? known : { ...counts, ...Object.fromEntries(told) }
}

const promptTokens = ({ input, cacheRead, cacheWritten }: TokenCounts): number =>
  input + cacheRead + cacheWritten

export const toUsage = (counts: TokenCounts | null): Usage | null =>
  counts && {
    promptTokens: promptTokens(counts),
    completionTokens: counts.output,
    isEstimated: false,
    ...(counts.cacheRead > 0 && { cachedPromptTokens: counts.cacheRead }),
  }

/** OpenAI's form of it. */
export const toOpenAiUsage = (counts: TokenCounts): Record<string, unknown> => ({
  prompt_tokens: promptTokens(counts),
  completion_tokens: counts.output,
  total_tokens: promptTokens(counts) + counts.output,
  prompt_tokens_details: {
    cached_tokens: counts.cacheRead,
    cache_creation_tokens: counts.cacheWritten,
  },
})
