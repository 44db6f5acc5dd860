// A caller who speaks Anthropic's dialect to Anthropic's API: body and answer as they came, but for the model's name, the
// cost, and thoughts of another provider's model.

import { costUsd, type Price } from '../../core/decide/cost.ts'
import type { Usage } from '../../core/types.ts'
import { MAX_USER_CHARS } from '../../dialects/anthropic/outbound-request.ts'
import { mergeCounts, toUsage } from '../../dialects/anthropic/outbound-usage.ts'
import { fitThinking, isThinkingOn, lacksThoughts } from '../../dialects/anthropic/thinking-on.ts'
import { fitUser } from '../../dialects/chat/fit-user.ts'
import { ANTHROPIC_IDS, fitBlockIds } from '../../dialects/chat/tool-ids.ts'
import type { NativeBody, UpstreamTarget } from '../../dialects/chat/upstream-request.ts'
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { isObject, type JsonObject, mapSame, objectsOf, withChanges } from '../../dialects/json.ts'
import { writeJson } from '../../dialects/lossless-json.ts'

const VERSION = '2023-06-01'

/** The caller's own `anthropic-version` and `anthropic-beta`, where it speaks this dialect. */
export const nativeHeaders = (native: NativeBody | undefined): Record<string, string> => ({
  'anthropic-version': VERSION,
  ...(native?.dialect === 'anthropic' ? native.headers : {}),
})

// Thoughts that were translated from another provider's model have no signature, and Anthropic refuses them.
const isForeignThought = (block: unknown): boolean =>
  isObject(block) && block.type === 'thinking' && !block.signature

const withoutForeignThoughts = (message: unknown): unknown => {
  if (!isObject(message) || !Array.isArray(message.content)) return message
  const { content } = message
  return content.some(isForeignThought)
    ? { ...message, content: content.filter((block) => !isForeignThought(block)) }
    : message
}

/** A turn that was nothing but such thoughts is left out: Anthropic refuses one that is empty. */
const ownTurns = (messages: readonly unknown[]): unknown[] => {
  const own = mapSame(messages, withoutForeignThoughts)
  const isEmptied = (message: unknown, at: number): boolean =>
    message !== messages[at] && isObject(message) && objectsOf(message.content).length === 0
  return own.some(isEmptied) ? own.filter((message, at) => !isEmptied(message, at)) : own
}

/** The caller's own values where nothing must be changed, so that they are sent as they were written. */
export const nativeBody = ({ body, headers }: NativeBody, target: UpstreamTarget): JsonObject => {
  const named = { ...body, model: target.upstreamName }
  if (!Array.isArray(body.messages)) return named
  const messages = fitBlockIds(ownTurns(body.messages), ANTHROPIC_IDS)
  const thinking = possibleThinking(body, { messages, headers })
  const isSwitchedOff = thinking !== body.thinking && !isThinkingOn(thinking)
  return {
    ...named,
    messages,
    ...fitMetadata(body),
    ...(thinking !== body.thinking && { thinking }),
    ...(isSwitchedOff && withoutThoughtEdits(body)),
  }
}

/** A budget may be larger than the answer where thoughts stand between calls. */
const INTERLEAVED = /interleaved-thinking/

/** The caller's own `thinking` where the call can have it. */
const possibleThinking = (
  { thinking, max_tokens: limit }: JsonObject,
  { messages, headers }: Pick<NativeBody, 'headers'> & { messages: unknown[] },
): unknown => {
  if (!isThinkingOn(thinking)) return thinking
  if (lacksThoughts(messages)) return { type: 'disabled' }
  const isCounted = typeof limit !== 'number' // nothing is answered
  if (isCounted || INTERLEAVED.test(headers['anthropic-beta'] ?? '')) return thinking
  const fitted = fitThinking(thinking, { maxTokens: limit, isLimitAsked: true })
  return fitted.thinking ?? thinking
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

/** All that the model has written. */
export const messageTextOf = ({ content }: JsonObject): string =>
  objectsOf(content)
    .map(({ text, thinking, input }) => {
      const written = isObject(input) ? writeJson(input) : ''
      return [text, thinking, written].filter((part) => typeof part === 'string').join('')
    })
    .join('')

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
