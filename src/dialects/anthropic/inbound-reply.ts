// A chat completion → an Anthropic message.

import { RouterError } from '../../errors.ts'
import { thoughtsOf } from '../chat/thoughts.ts'
import { isObject, type JsonObject, objectsOf, parseObject } from '../json.ts'
import { toAnthropicUsage, toMessageId, toStop } from './inbound-usage.ts'

const parseInput = (text: unknown): JsonObject | null =>
  text === undefined || text === null || String(text).trim() === '' ? {} : parseObject(String(text))

const toolUse = (call: JsonObject, isCutShort: boolean): JsonObject => {
  const fn = isObject(call.function) ? call.function : {}
  const input = parseInput(fn.arguments)
  if (input === null && !isCutShort) {
    const problem = 'The provider called a tool with arguments that are no JSON object.'
    throw new RouterError('upstream_invalid', problem, { details: { status: 200 } })
  }
  const { id, caller } = call
  const use = { type: 'tool_use', id, name: fn.name, input: input ?? {} }
  return isObject(caller) ? { ...use, caller } : use
}

/**
 * The first choice as a message. Thoughts are included where the caller asked for thinking; their signature is empty, for
 * there is none, which is also how they are known when they come back (upstream/anthropic/native.ts).
 * @throws RouterError `upstream_invalid` where a tool call's arguments are no JSON object
 */
export const toMessage = (completion: JsonObject, wantsThinking: boolean): JsonObject => {
  const choice = objectsOf(completion.choices)[0] ?? {}
  const message = isObject(choice.message) ? choice.message : {}
  const thoughts = wantsThinking ? thoughtsOf(message) : ''
  const isRefusal = typeof message.refusal === 'string' && message.refusal !== ''
  const texts = [message.content, message.refusal].filter(
    (text) => typeof text === 'string' && text,
  )
  const calls = objectsOf(message.tool_calls)
  const isCutShort = choice.finish_reason === 'length'
  return {
    id: toMessageId(completion.id),
    type: 'message',
    role: 'assistant',
    model: completion.model,
    content: [
      ...(thoughts ? [{ type: 'thinking', thinking: thoughts, signature: '' }] : []),
      ...texts.map((text) => ({ type: 'text', text })),
      ...calls.map((call) => toolUse(call, isCutShort)),
    ],
    ...toStop(choice, { isRefusal, hasCalls: calls.length > 0 }),
    usage: toAnthropicUsage(completion.usage),
  }
}
