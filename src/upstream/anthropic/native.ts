// A caller who speaks Anthropic's dialect to Anthropic's API: body and answer as they came, but for the model's name, the
// cost, and thoughts of another provider's model.

import { costUsd, type Price } from '../../core/decide/cost.ts'
import type { Usage } from '../../core/types.ts'
import { mergeCounts, toUsage } from '../../dialects/anthropic/outbound-usage.ts'
import type { NativeBody, UpstreamTarget } from '../../dialects/chat/upstream-request.ts'
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { isObject, type JsonObject } from '../../dialects/json.ts'

const VERSION = '2023-06-01'

/** The caller's own `anthropic-version` and `anthropic-beta`, where it speaks this dialect. */
export const nativeHeaders = (native: NativeBody | undefined): Record<string, string> => ({
  'anthropic-version': VERSION,
  ...(native?.dialect === 'anthropic' ? native.headers : {}),
})

// Thoughts that http/dialects told of another provider's model have no signature, and Anthropic refuses such.
const isForeignThought = (block: unknown): boolean =>
  isObject(block) && block.type === 'thinking' && block.signature === ''

const withoutForeignThoughts = (message: unknown): unknown => {
  if (!isObject(message) || !Array.isArray(message.content)) return message
  const { content } = message
  return content.some(isForeignThought)
    ? { ...message, content: content.filter((block) => !isForeignThought(block)) }
    : message
}

export const nativeBody = ({ body }: NativeBody, target: UpstreamTarget): JsonObject => ({
  ...body,
  model: target.upstreamName,
  ...(Array.isArray(body.messages) && { messages: body.messages.map(withoutForeignThoughts) }),
})

/** `usage` with `cost` in USD, null where it is unknown. */
export const withNativeCost = (usage: JsonObject, counted: Usage | null, price: Price) => ({
  ...usage,
  cost: costUsd(counted, price),
})

/** @throws RouterError `upstream_invalid` where the body is no message */
export const readNativeReply = (
  provider: string,
  body: JsonObject,
  price: Price,
): { body: JsonObject; usage: Usage | null } => {
  if (!Array.isArray(body.content)) throw invalidAnswer(provider, 'answered without content')
  const usage = toUsage(mergeCounts(null, body.usage))
  const priced = isObject(body.usage)
    ? { ...body, usage: withNativeCost(body.usage, usage, price) }
    : body
  return { body: priced, usage }
}
