// How a Gemini answer ended. An end that OpenAI has no word for, and that leaves the answer incomplete, is a failure: a
// cut answer is never passed off as a whole one.
import { isObject } from '../json.ts'

const FILTERED = new Set([
  ...['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'],
  ...['IMAGE_SAFETY', 'IMAGE_PROHIBITED_CONTENT', 'IMAGE_RECITATION'],
])

const FINISHED: Record<string, string> = { STOP: 'stop', MAX_TOKENS: 'length' }

/** An error payload in OpenAI's form. */
export interface ErrorPayload extends Record<string, unknown> {
  error: { message: string; type: string; code: string; status?: number }
}

/** OpenAI's finish_reason of a candidate that has ended, and is not `brokenOff`. */
export const finishOf = (finishReason: string | null, hasCalls: boolean): string => {
  if (finishReason !== null && FILTERED.has(finishReason)) return 'content_filter'
  if (finishReason === 'STOP' && hasCalls) return 'tool_calls'
  return FINISHED[finishReason ?? ''] ?? 'stop'
}

/** The error of an answer that ended for no good reason (MALFORMED_FUNCTION_CALL, OTHER, …), else null. */
export const brokenOff = (finishReason: string): ErrorPayload | null => {
  if (FILTERED.has(finishReason) || FINISHED[finishReason] !== undefined) return null
  const message = `The model broke off its answer (${finishReason.slice(0, 60)}).`
  return { error: { message, type: 'server_error', code: finishReason.slice(0, 60).toLowerCase() } }
}

/** The error of a prompt that Gemini's filters stopped, else null. */
export const promptBlock = (body: Record<string, unknown>): ErrorPayload | null => {
  const { promptFeedback, candidates } = body
  const reason = isObject(promptFeedback) ? promptFeedback.blockReason : undefined
  if (typeof reason !== 'string' || (Array.isArray(candidates) && candidates.length > 0))
    return null
  const message = `The prompt was blocked by the content filter (${reason.slice(0, 60)}).`
  return { error: { message, type: 'invalid_request_error', code: 'content_filter', status: 400 } }
}
