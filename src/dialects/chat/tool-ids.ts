// Ids of tool calls as each provider takes them. A conversation may have begun at another one, whose ids are of another
// form; the same id always becomes the same other, so call and result still belong together, on every turn.
import { createHash } from 'node:crypto'
import { isObject, type JsonObject, mapSame, withChanges } from '../json.ts'

export interface IdRule {
  /** What the provider takes as it is. */
  readonly pattern: RegExp
  readonly maxChars: number
  /** Letters and digits only, of exactly `maxChars`. */
  readonly isAlphanumeric?: boolean
}

/** Its API: "Tool call id was X but must be a-z, A-Z, 0-9, with a length of 9." */
export const MISTRAL_IDS: IdRule = {
  pattern: /^[a-zA-Z0-9]{9}$/,
  maxChars: 9,
  isAlphanumeric: true,
}
/** Its API: "String should match pattern '^[a-zA-Z0-9_-]+$'". */
export const ANTHROPIC_IDS: IdRule = { pattern: /^[a-zA-Z0-9_-]{1,64}$/, maxChars: 64 }
/** Its API: "string too long. Expected a string with maximum length 40". */
export const OPENAI_IDS: IdRule = { pattern: /^.{1,40}$/s, maxChars: 40 }
export const OTHER_IDS: IdRule = { pattern: /^.{1,64}$/s, maxChars: 64 }

const HASH_CHARS = 10

/** The id in the provider's form. */
export const fitId = (id: string, { pattern, maxChars, isAlphanumeric }: IdRule): string => {
  if (pattern.test(id)) return id
  const hash = createHash('sha256').update(id).digest('base64url').replace(/[-_]/g, 'x')
  if (isAlphanumeric) return hash.slice(0, maxChars)
  const readable = id
    .slice(0, maxChars)
    .replace(/[^\w-]/g, '_')
    .slice(0, maxChars - HASH_CHARS - 1)
  return `${readable}_${hash.slice(0, HASH_CHARS)}`
}

const fitted = (value: JsonObject, field: string, rule: IdRule): JsonObject => {
  const id = value[field]
  return typeof id === 'string' ? withChanges(value, { [field]: fitId(id, rule) }) : value
}

/** Chat messages with their ids in the provider's form; the same list where none was to be changed. */
export const fitToolIds = (messages: readonly unknown[], rule: IdRule): unknown[] =>
  mapSame(messages, (message) => {
    if (!isObject(message)) return message
    if (message.role === 'tool') return fitted(message, 'tool_call_id', rule)
    const { tool_calls: calls } = message
    if (!Array.isArray(calls)) return message
    return withChanges(message, {
      tool_calls: mapSame(calls, (call) => (isObject(call) ? fitted(call, 'id', rule) : call)),
    })
  })

const BLOCK_ID: Record<string, string> = { tool_use: 'id', tool_result: 'tool_use_id' }

/** The same for messages of Anthropic's own dialect. */
export const fitBlockIds = (messages: readonly unknown[], rule: IdRule): unknown[] =>
  mapSame(messages, (message) => {
    if (!isObject(message) || !Array.isArray(message.content)) return message
    const content = mapSame(message.content, (block) => {
      const field = isObject(block) ? BLOCK_ID[String(block.type)] : undefined
      return isObject(block) && field ? fitted(block, field, rule) : block
    })
    return withChanges(message, { content })
  })
