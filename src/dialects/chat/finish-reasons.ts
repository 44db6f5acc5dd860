// The words by which OpenAI-compatible servers say why an answer ended, in OpenAI's own five; and those that say that the
// provider failed, which is no end of an answer at all.
import type { AnswerFlaw } from '../../core/types.ts'

/** Words beside OpenAI's own, in lower case. Sources: the public references of the servers named. */
const SAME: Record<string, string> = {
  // vLLM, TGI, Cohere, Anthropic, Gemini, llama.cpp
  eos: 'stop',
  eos_token: 'stop',
  end: 'stop',
  end_turn: 'stop',
  complete: 'stop',
  completed: 'stop',
  stop_sequence: 'stop',
  // Mistral, Zhipu, Gemini, Anthropic, Cohere
  max_tokens: 'length',
  max_output_tokens: 'length',
  max_length: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  context_window_exceeded: 'length',
  context_length_exceeded: 'length',
  token_limit: 'length',
  tool_use: 'tool_calls',
  tool_call: 'tool_calls',
  refusal: 'content_filter',
  safety: 'content_filter',
  sensitive: 'content_filter',
  recitation: 'content_filter',
  blocklist: 'content_filter',
  prohibited_content: 'content_filter',
  spii: 'content_filter',
}

const OWN = new Set(['stop', 'length', 'tool_calls', 'function_call', 'content_filter'])

/** Zhipu, DeepSeek, vLLM, OpenRouter, Gemini, Cohere. */
const FAILURES = new Set([
  ...['error', 'error_toxic', 'network_error', 'internal_error', 'server_error', 'unknown_error'],
  ...['insufficient_system_resource', 'engine_overloaded', 'overloaded', 'failed', 'failure'],
  ...['abort', 'aborted', 'cancel', 'canceled', 'cancelled', 'timeout', 'time_limit'],
  ...['malformed_function_call', 'unexpected_tool_call', 'rate_limit', 'rate_limited'],
])

/** Whether the reason says that the provider failed. */
export const isFailedFinish = (reason: unknown): reason is string =>
  typeof reason === 'string' && FAILURES.has(reason.toLowerCase())

const FLAWS: Record<string, AnswerFlaw> = { length: 'truncated', content_filter: 'refused' }

/** @param reason why an answer ended, in the words of any provider */
export const flawOf = (reason: unknown): AnswerFlaw | undefined => {
  const known = finishReasonOf(reason)
  return typeof known === 'string' && Object.hasOwn(FLAWS, known) ? FLAWS[known] : undefined
}

/** OpenAI's word where the reason is a known one by another name; anything else as it is, '' as null. */
export const finishReasonOf = (reason: unknown): unknown => {
  if (typeof reason !== 'string' || OWN.has(reason)) return reason
  if (reason.trim() === '') return null
  const word = reason.toLowerCase()
  return SAME[word] ?? (OWN.has(word) ? word : reason)
}
