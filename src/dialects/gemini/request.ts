// OpenAI chat body → generateContent body. Every field is either translated, known to have no bearing on the answer, or
// refused; nothing is dropped silently.
import type { ChatBody, UpstreamRequest } from '../chat/upstream-request.ts'
import { toContents } from './contents.ts'
import { toGenerationConfig } from './generation-config.ts'
import { untranslatable } from './refuse.ts'
import { toTools } from './tools.ts'

const TRANSLATED = new Set([
  ...['model', 'messages', 'stream', 'stream_options', 'n', 'seed', 'stop'],
  ...['temperature', 'top_p', 'top_k', 'presence_penalty', 'frequency_penalty'],
  ...['max_tokens', 'max_completion_tokens', 'reasoning_effort', 'response_format'],
  ...['tools', 'tool_choice', 'parallel_tool_calls', 'logprobs', 'top_logprobs', 'modalities'],
  'thinking',
])

// Fields of the router itself, book-keeping at OpenAI, and hints that change speed but not the answer.
const WITHOUT_BEARING = new Set([
  ...['models', 'user', 'metadata', 'store', 'safety_identifier', 'service_tier', 'prediction'],
  ...['prompt_cache_key', 'prompt_cache_retention', 'api_key', 'api_base', 'base_url'],
  ...['api_version', 'custom_llm_provider', 'extra_headers'],
])

/** @throws RouterError `invalid_request` naming the field that Gemini does not take. */
export const toGeminiBody = ({ body, target }: UpstreamRequest): Record<string, unknown> => {
  refuseUnknown(body)
  const { contents, systemInstruction } = toContents(body.messages, target.upstreamName)
  const generationConfig = toGenerationConfig(body, target.upstreamName)
  return {
    contents,
    ...(systemInstruction && { systemInstruction }),
    ...toTools(body),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
  }
}

const refuseUnknown = (body: ChatBody): void => {
  for (const [field, value] of Object.entries(body)) {
    if (value === null || value === undefined || TRANSLATED.has(field)) continue
    if (!WITHOUT_BEARING.has(field)) {
      throw untranslatable(field, 'cannot be sent to a Gemini model')
    }
  }
}
