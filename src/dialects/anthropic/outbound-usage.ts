// Anthropic's token counts. It counts tokens read from and written to its cache beside `input_tokens`; the prompt is all
// three together, as OpenAI counts it.

import type { Usage } from '../../core/types.ts'
import { isObject } from '../json.ts'

export interface TokenCounts {
  input: number
  cacheRead: number
  cacheWritten: number
  /** Those of `cacheWritten` that are kept for an hour. */
  cacheWrittenHour: number
  output: number
}

const NAMES = {
  input: 'input_tokens',
  cacheRead: 'cache_read_input_tokens',
  cacheWritten: 'cache_creation_input_tokens',
  output: 'output_tokens',
} as const

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

/** What `usage` names, over what was known: a stream tells some at its start and some at its end. Null where nothing is known. */
export const mergeCounts = (known: TokenCounts | null, usage: unknown): TokenCounts | null => {
  if (!isObject(usage)) return known
  const counts = known ?? {
    input: 0,
    cacheRead: 0,
    cacheWritten: 0,
    cacheWrittenHour: 0,
    output: 0,
  }
  const { ephemeral_1h_input_tokens: hour } = isObject(usage.cache_creation)
    ? usage.cache_creation
    : {}
  const told = (Object.keys(NAMES) as (keyof typeof NAMES)[]).flatMap((key) => {
    const value = usage[NAMES[key]]
    return isCount(value) ? [[key, value] as [string, number]] : []
  })
  if (isCount(hour)) told.push(['cacheWrittenHour', hour])
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
    ...(counts.cacheWritten > 0 && { cacheWriteTokens: counts.cacheWritten }),
    ...(counts.cacheWrittenHour > 0 && { cacheWriteHourTokens: counts.cacheWrittenHour }),
  }

/** OpenAI's form of it. */
export const toOpenAiUsage = (counts: TokenCounts): Record<string, unknown> => ({
  prompt_tokens: promptTokens(counts),
  completion_tokens: counts.output,
  total_tokens: promptTokens(counts) + counts.output,
  prompt_tokens_details: {
    cached_tokens: counts.cacheRead,
    cache_creation_tokens: counts.cacheWritten,
    ...(counts.cacheWrittenHour > 0 && { cache_creation_1h_tokens: counts.cacheWrittenHour }),
  },
})
