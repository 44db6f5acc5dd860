// OpenAI's usage and finish reasons in Anthropic's form. OpenAI counts cached tokens within the prompt, Anthropic beside
// it.
import { isObject, type JsonObject } from '../json.ts'

const count = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** Zeros where the provider reported none: the official client cannot read a message without them. */
export const toAnthropicUsage = (usage: unknown): JsonObject => {
  const reported = isObject(usage) ? usage : {}
  const details = isObject(reported.prompt_tokens_details) ? reported.prompt_tokens_details : {}
  const cached = count(details.cached_tokens)
  const written = count(details.cache_creation_tokens)
  return {
    input_tokens: Math.max(0, count(reported.prompt_tokens) - cached - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cached,
    output_tokens: count(reported.completion_tokens),
    ...(reported.cost === undefined ? {} : { cost: reported.cost }),
  }
}

const STOP_REASONS: Record<string, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
}

export interface Stop {
  stop_reason: string
  stop_sequence: string | null
}

/** Why an answer ended. vLLM and its kin name the stop sequence in the choice's `stop_reason`; OpenAI does not. */
export const toStop = (
  choice: { finish_reason?: unknown; stop_reason?: unknown },
  { isRefusal, hasCalls }: { isRefusal: boolean; hasCalls: boolean },
): Stop => {
  const { finish_reason: finish, stop_reason: sequence } = choice
  if (isRefusal) return { stop_reason: 'refusal', stop_sequence: null }
  // A message with calls waits for their results, whatever its server calls that; one that was cut does not.
  const isWaiting = hasCalls && finish !== 'length' && finish !== 'content_filter'
  if (isWaiting) return { stop_reason: 'tool_use', stop_sequence: null }
  if (finish === 'stop' && typeof sequence === 'string') {
    return { stop_reason: 'stop_sequence', stop_sequence: sequence }
  }
  return { stop_reason: STOP_REASONS[String(finish)] ?? 'end_turn', stop_sequence: null }
}

/** `chatcmpl-1` → `msg_1`. */
export const toMessageId = (id: unknown): string =>
  `msg_${String(id ?? '').replace(/^(chatcmpl-|msg_)/, '')}`
