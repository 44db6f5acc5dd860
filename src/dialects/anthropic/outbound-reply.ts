// An Anthropic message → a chat completion.

import type { Usage } from '../../core/types.ts'
import { invalidAnswer } from '../invalid-answer.ts'
import { isObject, type JsonObject, textOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'
import { mergeCounts, toOpenAiUsage, toUsage } from './outbound-usage.ts'

const FINISH_REASONS: Record<string, string> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'length', // the turn is to be continued: not a whole answer
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}

export const toFinishReason = (stopReason: unknown): string =>
  FINISH_REASONS[String(stopReason)] ?? 'stop'

export const toCompletionId = (id: unknown): string =>
  `chatcmpl-${String(id ?? '').replace(/^msg_/, '')}`

/** Why a model refused, in its own words; null where it did not refuse, or gave no reason. */
export const refusalOf = ({
  stop_reason: reason,
  stop_details: details,
}: JsonObject): string | null =>
  reason === 'refusal' && isObject(details) ? textOf(details.explanation) || null : null

const joined = (blocks: JsonObject[], type: string, field: string): string =>
  blocks
    .filter((block) => block.type === type && typeof block[field] === 'string')
    .map((block) => block[field])
    .join('')

/** Signed or encrypted thoughts: they must come back unchanged, for the provider to continue thinking. */
export const isThoughtRecord = ({ type, signature }: JsonObject): boolean =>
  type === 'redacted_thinking' || (type === 'thinking' && textOf(signature) !== '')

/** Who calls, where it is not the model itself but a program of its own: it must come back with the call. */
export const callerOf = (caller: unknown): JsonObject =>
  isObject(caller) && caller.type !== 'direct' ? { caller } : {}

const toolCalls = (blocks: JsonObject[]): JsonObject[] =>
  blocks
    .filter(({ type }) => type === 'tool_use')
    .map(({ id, name, input, caller }) => ({
      id,
      type: 'function',
      function: { name, arguments: writeJson(input ?? {}) },
      ...callerOf(caller),
    }))

/** Thoughts come as `reasoning_content`. @throws RouterError `upstream_invalid` where the body is no message */
export const toChatCompletion = (
  provider: string,
  message: JsonObject,
  nowMs: number,
): { body: JsonObject; usage: Usage | null } => {
  if (!Array.isArray(message.content)) throw invalidAnswer(provider, 'answered without content')
  const blocks = message.content.filter(isObject)
  const counts = mergeCounts(null, message.usage)
  const calls = toolCalls(blocks)
  const text = joined(blocks, 'text', 'text')
  const thoughts = joined(blocks, 'thinking', 'thinking')
  const records = blocks.filter(isThoughtRecord)
  const answer = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: refusalOf(message),
    ...(thoughts === '' ? {} : { reasoning_content: thoughts }),
    ...(records.length > 0 && { thinking_blocks: records }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
  const body = {
    id: toCompletionId(message.id),
    object: 'chat.completion',
    created: Math.floor(nowMs / 1_000),
    model: message.model,
    choices: [
      {
        index: 0,
        message: answer,
        logprobs: null,
        finish_reason: toFinishReason(message.stop_reason),
      },
    ],
    ...(counts && { usage: toOpenAiUsage(counts) }),
  }
  return { body, usage: toUsage(counts) }
}
