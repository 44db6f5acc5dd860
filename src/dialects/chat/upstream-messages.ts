// Messages and tools of a chat body within what an OpenAI-compatible provider takes: thoughts, cache breakpoints, media in the
// results of tools, ids. Values that need no change stay the same objects, and are sent as they were written.

import { isObject, type JsonObject, mapSame, withChanges } from '../json.ts'
import { moveAttachments } from './tool-attachments.ts'
import { fitToolIds, type IdRule } from './tool-ids.ts'
import { completeSchema } from './tool-schemas.ts'
import type { ChatBody } from './upstream-request.ts'

export interface MessageRules {
  takesDeveloperRole: boolean
  takesThoughts: boolean
  takesCacheControl: boolean
  ids: IdRule
}

const without = (value: JsonObject, ...fields: string[]): JsonObject => {
  if (!fields.some((field) => Object.hasOwn(value, field))) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => !fields.includes(name)))
}

/** Anthropic's own records of thoughts, which only the provider that wrote them can read. */
const THOUGHT_RECORDS = ['thinking_blocks']
const THOUGHTS = [...THOUGHT_RECORDS, 'reasoning_content', 'reasoning', 'reasoning_details']

const isPlainText = (part: unknown): part is { type: 'text'; text: string } =>
  isObject(part) &&
  part.type === 'text' &&
  typeof part.text === 'string' &&
  Object.keys(part).length === 2

/** One text that was a part for its breakpoint alone is a string again. */
const withoutBreakpoints = (content: unknown): unknown => {
  if (!Array.isArray(content)) return content
  const parts = mapSame(content, (part) => (isObject(part) ? without(part, 'cache_control') : part))
  const [only] = parts
  return parts !== content && parts.length === 1 && isPlainText(only) ? only.text : parts
}

const fitMessage = (message: unknown, rules: MessageRules): unknown => {
  if (!isObject(message)) return message
  let fitted = message
  if (!rules.takesDeveloperRole && message.role === 'developer') {
    fitted = { ...fitted, role: 'system' }
  }
  if (message.role === 'assistant') {
    fitted = without(fitted, ...(rules.takesThoughts ? THOUGHT_RECORDS : THOUGHTS))
  }
  if (rules.takesCacheControl) return fitted
  const bare = without(fitted, 'cache_control')
  return withChanges(bare, { content: withoutBreakpoints(bare.content) })
}

const fitTool = (tool: unknown, { takesCacheControl }: MessageRules): unknown => {
  if (!isObject(tool)) return tool
  const bare = takesCacheControl ? tool : without(tool, 'cache_control')
  const { function: fn } = bare
  if (!isObject(fn)) return bare
  const parameters = completeSchema(fn.parameters)
  return withChanges(bare, { function: withChanges(fn, { parameters }) })
}

export const fitMessages = (body: ChatBody, rules: MessageRules): ChatBody => {
  const fitted = mapSame(body.messages, (message) => fitMessage(message, rules))
  return withChanges(body, {
    messages: fitToolIds(moveAttachments(fitted), rules.ids),
    ...(Array.isArray(body.tools) && {
      tools: mapSame(body.tools, (tool) => fitTool(tool, rules)),
    }),
  }) as ChatBody
}
