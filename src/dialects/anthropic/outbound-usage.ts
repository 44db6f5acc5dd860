// Anthropic's token counts. It counts tokens read from and written to its cache beside `input_tokens`; the prompt is all
// three together, as OpenAI counts it.

import type { Usage } from '../../core/types.ts'
import { isObject, type JsonObject, objectsOf, textOf } from '../json.ts'

export interface TokenCounts {
  input: number
  cacheRead: number
  cacheWritten: number
  /** Those of `cacheWritten` that are kept for an hour. */
  cacheWrittenHour: number
  output: number
  /** Of `usage.iterations`: tokens that the counts beside them do not hold. */
  beside: { input: number; output: number }
  /** The model that has answered where the asked one declined (`fallbacks`). */
  servedBy: string | null
}

const NAMES = {
  input: 'input_tokens',
  cacheRead: 'cache_read_input_tokens',
  cacheWritten: 'cache_creation_input_tokens',
  output: 'output_tokens',
} as const

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

/** The counts of `usage` over those known: a stream reports some at its start, some at its end. Null where nothing is known. */
export const mergeCounts = (known: TokenCounts | null, usage: unknown): TokenCounts | null => {
  if (!isObject(usage)) return known
  const counts = known ?? {
    input: 0,
    cacheRead: 0,
    cacheWritten: 0,
    cacheWrittenHour: 0,
    output: 0,
    beside: { input: 0, output: 0 },
    servedBy: null,
  }
  const { ephemeral_1h_input_tokens: hour } = isObject(usage.cache_creation)
    ? usage.cache_creation
    : {}
  const reported = (Object.keys(NAMES) as (keyof typeof NAMES)[]).flatMap((key) => {
    const value = usage[NAMES[key]]
    return isCount(value) ? [[key, value] as [string, number]] : []
  })
  if (isCount(hour)) reported.push(['cacheWrittenHour', hour])
  return reported.length === 0
    ? known
    : { ...counts, ...Object.fromEntries(reported), ...ofIterations(usage.iterations, counts) }
}

const sumOf = (entries: JsonObject[], ...names: string[]): number =>
  entries
    .flatMap((entry) => names.map((name) => entry[name]))
    .reduce<number>((sum, value) => sum + (isCount(value) ? value : 0), 0)

/** Where the API has made several calls for one answer; reported once, at the end. Compactions are counted here alone. */
const ofIterations = (
  iterations: unknown,
  { beside, servedBy }: TokenCounts,
): Pick<TokenCounts, 'beside' | 'servedBy'> => {
  const entries = objectsOf(iterations)
  if (entries.length === 0) return { beside, servedBy }
  const compactions = entries.filter(({ type }) => type === 'compaction')
  const served = entries.findLast(({ type }) => type === 'fallback_message')
  return {
    beside: {
      input: sumOf(compactions, NAMES.input, NAMES.cacheRead, NAMES.cacheWritten),
      output: sumOf(compactions, NAMES.output),
    },
    servedBy: textOf(served?.model) || servedBy,
  }
}

const promptTokens = ({ input, cacheRead, cacheWritten, beside }: TokenCounts): number =>
  input + cacheRead + cacheWritten + beside.input

const completionTokens = ({ output, beside }: TokenCounts): number => output + beside.output

export const toUsage = (counts: TokenCounts | null): Usage | null =>
  counts && {
    promptTokens: promptTokens(counts),
    completionTokens: completionTokens(counts),
    isEstimated: false,
    ...(counts.servedBy !== null && { servedBy: counts.servedBy }),
    ...(counts.cacheRead > 0 && { cachedPromptTokens: counts.cacheRead }),
    ...(counts.cacheWritten > 0 && { cacheWriteTokens: counts.cacheWritten }),
    ...(counts.cacheWrittenHour > 0 && { cacheWriteHourTokens: counts.cacheWrittenHour }),
  }

/** OpenAI's form of it. */
export const toOpenAiUsage = (counts: TokenCounts): Record<string, unknown> => ({
  prompt_tokens: promptTokens(counts),
  completion_tokens: completionTokens(counts),
  total_tokens: promptTokens(counts) + completionTokens(counts),
  ...(counts.servedBy !== null && { served_by: counts.servedBy }),
  prompt_tokens_details: {
    cached_tokens: counts.cacheRead,
    cache_creation_tokens: counts.cacheWritten,
    ...(counts.cacheWrittenHour > 0 && { cache_creation_1h_tokens: counts.cacheWrittenHour }),
  },
})
