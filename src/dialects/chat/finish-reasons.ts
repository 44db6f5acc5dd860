// The words by which OpenAI-compatible servers say why an answer ended, in OpenAI's own five; and those that say that the
// provider failed, which is no end of an answer at all. Known words are looked up; others are classified by the parts that they consist of.
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
  model_length: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  tool_call: 'tool_calls',
  refusal: 'content_filter',
  sensitive: 'content_filter',
  recitation: 'content_filter',
  blocklist: 'content_filter',
  spii: 'content_filter',
}

const OWN = new Set(['stop', 'length', 'tool_calls', 'function_call', 'content_filter'])

/** Zhipu, DeepSeek, vLLM, OpenRouter, Gemini, Cohere. */
const FAILURES = new Set([
  ...['insufficient_system_resource', 'engine_overloaded', 'unexpected_tool_call', 'other'],
])

const FAILED =
  /error|fail|abort|cancel|time_?out|time_?limit|unavailable|overload|malformed|interrupt|exception|rate_?limit/
const FILTERED = /content_?filter|safety|prohibited|refus|moderation/
const CUT = /length|limit|truncat|context|max_/

/** `MAX-TOKENS ` as `max_tokens`. */
const wordOf = (reason: string): string => reason.trim().toLowerCase().replace(/[- ]/g, '_')

const isKnown = (word: string): boolean => OWN.has(word) || Object.hasOwn(SAME, word)

/** Whether the reason says that the provider failed. */
export const isFailedFinish = (reason: unknown): reason is string => {
  if (typeof reason !== 'string') return false
  const word = wordOf(reason)
  return !isKnown(word) && (FAILURES.has(word) || FAILED.test(word))
}

const FLAWS: Record<string, AnswerFlaw> = { length: 'truncated', content_filter: 'refused' }

/** @param reason why an answer ended, in the words of any provider */
export const flawOf = (reason: unknown): AnswerFlaw | undefined => {
  const known = finishReasonOf(reason)
  return typeof known === 'string' && Object.hasOwn(FLAWS, known) ? FLAWS[known] : undefined
}

/** OpenAI's word where the reason means the same; anything else as it is, '' as null. */
export const finishReasonOf = (reason: unknown): unknown => {
  if (typeof reason !== 'string' || OWN.has(reason)) return reason
  const word = wordOf(reason)
  if (word === '') return null
  if (OWN.has(word)) return word
  if (Object.hasOwn(SAME, word)) return SAME[word]
  if (FILTERED.test(word)) return 'content_filter'
  return CUT.test(word) ? 'length' : reason
}

/** Ends after which no result of a tool is waited for. */
const CUT_SHORT = new Set<unknown>(['length', 'content_filter'])

/** The reason of an answer with calls: it waits for their results, whatever its server calls that, unless it was cut. */
export const finishWithCalls = (reason: unknown): unknown =>
  CUT_SHORT.has(reason) ? reason : 'tool_calls'
