// A caller who speaks Anthropic's dialect to Anthropic's API: body and answer as they came, but for the model's name, the
// cost, and thoughts of another provider's model.

import { costUsd, type Price } from '../../core/decide/cost.ts'
import type { Usage } from '../../core/types.ts'
import { MAX_USER_CHARS } from '../../dialects/anthropic/outbound-request.ts'
import { mergeCounts, toUsage } from '../../dialects/anthropic/outbound-usage.ts'
import { isThinkingOn, lacksThoughts } from '../../dialects/anthropic/thinking-on.ts'
import { fitUser } from '../../dialects/chat/fit-user.ts'
import { ANTHROPIC_IDS, fitBlockIds } from '../../dialects/chat/tool-ids.ts'
import type { NativeBody, UpstreamTarget } from '../../dialects/chat/upstream-request.ts'
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { isObject, type JsonObject, mapSame, objectsOf, withChanges } from '../../dialects/json.ts'

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

/** The caller's own values where nothing must be changed, so that they are sent as they were written. */
export const nativeBody = ({ body }: NativeBody, target: UpstreamTarget): JsonObject => {
  const named = { ...body, model: target.upstreamName }
  if (!Array.isArray(body.messages)) return named
  const own = mapSame(body.messages, withoutForeignThoughts)
  const messages = fitBlockIds(own, ANTHROPIC_IDS)
  const cannotThink = isThinkingOn(body.thinking) && lacksThoughts(messages)
  return {
    ...named,
    messages,
    ...fitMetadata(body),
    ...(cannotThink && { thinking: { type: 'disabled' }, ...withoutThoughtEdits(body) }),
  }
}

const fitMetadata = ({ metadata }: JsonObject): JsonObject => {
  if (!isObject(metadata)) return {}
  return { metadata: withChanges(metadata, { user_id: fitUser(metadata.user_id, MAX_USER_CHARS) }) }
}

/** Edits of thoughts are refused where there is no thinking. */
const withoutThoughtEdits = ({ context_management: management }: JsonObject): JsonObject => {
  if (!isObject(management)) return {}
  const edits = objectsOf(management.edits).filter(
    ({ type }) => !String(type).startsWith('clear_thinking'),
  )
  return { context_management: edits.length > 0 ? { ...management, edits } : undefined }
}

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
