// Sampling, limits, output form and thinking of a chat body → Gemini's generationConfig.

import type { ChatBody } from '../chat/upstream-request.ts'
import { isObject } from '../json.ts'
import { untranslatable } from './refuse.ts'

const SAME_VALUE: Record<string, string> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  n: 'candidateCount',
  seed: 'seed',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  max_tokens: 'maxOutputTokens',
  max_completion_tokens: 'maxOutputTokens', // the newer name wins where both are present
}

/** @throws RouterError `invalid_request` naming a value that has no counterpart at Gemini. */
export const toGenerationConfig = (body: ChatBody, model: string): Record<string, unknown> => {
  const config: Record<string, unknown> = {}
  for (const [field, name] of Object.entries(SAME_VALUE)) {
    if (body[field] !== null && body[field] !== undefined) config[name] = body[field]
  }
  if (typeof body.stop === 'string') config.stopSequences = [body.stop]
  else if (Array.isArray(body.stop)) config.stopSequences = body.stop
  if (body.logprobs === true) {
    config.responseLogprobs = true
    if (typeof body.top_logprobs === 'number') config.logprobs = body.top_logprobs
  }
  if (Array.isArray(body.modalities) && body.modalities.some((kind) => kind !== 'text')) {
    throw untranslatable('modalities', 'other than text cannot be asked of a Gemini model here')
  }
  return { ...config, ...responseForm(body.response_format), ...thinking(body, model) }
}

const responseForm = (format: unknown): Record<string, unknown> => {
  if (format === null || format === undefined) return {}
  const type = isObject(format) ? format.type : undefined
  if (type === 'text') return {}
  if (type === 'json_object') return { responseMimeType: 'application/json' }
  const schema = isObject(format) && isObject(format.json_schema) ? format.json_schema.schema : null
  if (type === 'json_schema' && isObject(schema)) {
    return { responseMimeType: 'application/json', responseJsonSchema: schema }
  }
  throw untranslatable('response_format', 'is of a type that a Gemini model does not know')
}

// As Google's own OpenAI endpoint maps them: https://ai.google.dev/gemini-api/docs/openai#thinking
const THINKING_TOKENS: Record<string, number> = {
  none: 0,
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
}

/** Thinking cannot be turned off in Gemini 3, and its highest level is `high`. */
const LEVELS: Record<string, string> = { none: 'low', xhigh: 'high', max: 'high' }

const thinking = ({ reasoning_effort: effort, thinking: asked }: ChatBody, model: string) => {
  if (effort === null || effort === undefined) return thinkingBudget(asked, model)
  const tokens = typeof effort === 'string' ? THINKING_TOKENS[effort] : undefined
  if (tokens === undefined) {
    throw untranslatable('reasoning_effort', 'is a level that a Gemini model does not know')
  }
  if (!takesThinkingLevel(model)) return { thinkingConfig: { thinkingBudget: tokens } }
  return { thinkingConfig: { thinkingLevel: LEVELS[String(effort)] ?? effort } }
}

/** Anthropic's field for it, which some clients send to any provider. */
const thinkingBudget = (asked: unknown, model: string) => {
  if (!isObject(asked) || takesThinkingLevel(model)) return {}
  if (asked.type === 'disabled') return { thinkingConfig: { thinkingBudget: 0 } }
  const { budget_tokens: budget } = asked
  return typeof budget === 'number' ? { thinkingConfig: { thinkingBudget: budget } } : {}
}

/** Gemini 3 and later: levels instead of budgets, and signed tool calls. */
export const takesThinkingLevel = (model: string): boolean =>
  /(?:^|\/)gemini-(?:[3-9]|\d\d)/.test(model)
