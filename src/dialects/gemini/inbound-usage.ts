// OpenAI's usage, finish reasons and ids in Gemini's form. OpenAI counts thoughts within the answer, Gemini beside it.
import { isObject, type JsonObject } from '../json.ts'

const count = (value: unknown): number => (typeof value === 'number' ? value : 0)
const detail = (details: unknown, name: string): number =>
  isObject(details) ? count(details[name]) : 0

/** Absent where the provider reported none. */
export const toUsageMetadata = (usage: unknown): JsonObject => {
  if (!isObject(usage)) return {}
  const thoughts = detail(usage.completion_tokens_details, 'reasoning_tokens')
  const cached = detail(usage.prompt_tokens_details, 'cached_tokens')
  const prompt = count(usage.prompt_tokens)
  const completion = count(usage.completion_tokens)
  const usageMetadata = {
    promptTokenCount: prompt,
    candidatesTokenCount: Math.max(0, completion - thoughts),
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
    ...(cached > 0 && { cachedContentTokenCount: cached }),
    totalTokenCount: prompt + completion,
    ...(usage.cost !== undefined && { cost: usage.cost }),
  }
  return { usageMetadata }
}

const FINISH_REASONS: Record<string, string> = {
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
}

/** A turn that calls functions ends with STOP, as any whole one. */
export const toFinishReason = (finish: unknown, isRefusal: boolean): string =>
  isRefusal ? 'SAFETY' : (FINISH_REASONS[String(finish)] ?? 'STOP')

/** The fields that every response repeats. */
export const headOf = ({ id, model }: JsonObject): JsonObject => ({
  modelVersion: String(model ?? ''),
  responseId: String(id ?? '').replace(/^chatcmpl-/, ''),
})
