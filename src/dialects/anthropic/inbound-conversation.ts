// Anthropic's turns → OpenAI's messages. A user turn with tool results is split: OpenAI has one `tool` message per result,
// and these take text only, so images of a result follow as a user message, which the classifier does not read.

import { isObject, type JsonObject, objectsOf, textOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'
import {
  contentOf,
  isText,
  type Note,
  type Part,
  type TextPart,
  textOnly,
  toParts,
} from './inbound-content.ts'

export interface ChatMessage extends JsonObject {
  role: 'system' | 'user' | 'assistant' | 'tool'
  content: string | Part[] | null
}

export interface Conversation {
  messages: ChatMessage[]
  /** The same without what no person has written. */
  prompt: ChatMessage[]
}

/** OpenAI has no `is_error`: the model reads it in the text. */
const ERROR_PREFIX = 'Error: '

const toolMessage = (block: JsonObject, texts: TextPart[]): ChatMessage => {
  const joined = texts.map(({ text }) => text).join('\n')
  const text = `${block.is_error === true ? ERROR_PREFIX : ''}${joined}`
  const breakpoint = block.cache_control ?? texts.find((part) => part.cache_control)?.cache_control
  return {
    role: 'tool',
    tool_call_id: String(block.tool_use_id),
    content: breakpoint ? [{ type: 'text', text, cache_control: breakpoint }] : text,
  }
}

const attachments = (block: JsonObject, parts: Part[]): ChatMessage => ({
  role: 'user',
  content: [{ type: 'text', text: `Attached to the result of ${block.tool_use_id}:` }, ...parts],
})

const userTurn = (content: unknown, path: string, note: Note): Conversation => {
  if (!Array.isArray(content)) {
    const message: ChatMessage = { role: 'user', content: String(content) }
    return { messages: [message], prompt: [message] }
  }
  const results: ChatMessage[] = []
  const attached: ChatMessage[] = []
  const own: Part[] = []
  for (const [i, block] of objectsOf(content).entries()) {
    const at = `${path}[${i}]`
    if (block.type !== 'tool_result') {
      own.push(...toParts([block], path, (field) => note(field.replace(`${path}[0]`, at))))
      continue
    }
    const parts = toParts(block.content, `${at}.content`, note)
    const others = parts.filter((part) => !isText(part))
    results.push(toolMessage(block, parts.filter(isText)))
    if (others.length > 0) attached.push(attachments(block, others))
  }
  const ownTurn: ChatMessage[] = own.length > 0 ? [{ role: 'user', content: contentOf(own) }] : []
  return { messages: [...results, ...attached, ...ownTurn], prompt: [...results, ...ownTurn] }
}

const toolCall = (block: JsonObject): JsonObject => ({
  id: block.id,
  type: 'function',
  function: { name: block.name, arguments: writeJson(block.input ?? {}) },
})

// Thoughts that are encrypted say nothing to another model.
const LEFT_OUT = new Set<unknown>(['redacted_thinking'])

const assistantTurn = (content: unknown, path: string, note: Note): ChatMessage => {
  if (!Array.isArray(content)) return { role: 'assistant', content: String(content) }
  const texts: string[] = []
  const calls: JsonObject[] = []
  const thoughts: string[] = []
  for (const [i, block] of objectsOf(content).entries()) {
    if (block.type === 'text') texts.push(String(block.text))
    else if (block.type === 'thinking') thoughts.push(textOf(block.thinking))
    else if (block.type === 'tool_use') calls.push(toolCall(block))
    else if (!LEFT_OUT.has(block.type)) note(`${path}[${i}] (${String(block.type)})`)
  }
  const text = texts.join('')
  // Some providers refuse a tool loop whose thoughts are gone; those that take none are not sent them.
  const thought = thoughts.join('')
  const reasoning = thought === '' ? {} : { reasoning_content: thought }
  const marked = markedText(text, breakpointOf(content))
  return calls.length > 0
    ? { role: 'assistant', ...marked, ...reasoning, tool_calls: calls }
    : { role: 'assistant', ...marked, content: marked.content ?? '', ...reasoning }
}

const breakpointOf = (content: unknown): unknown =>
  objectsOf(content).findLast((block) => block.cache_control)?.cache_control

/** The text as a part where it ends a cache; without a text the breakpoint stands beside the content. */
const markedText = (text: string, breakpoint: unknown): Pick<ChatMessage, 'content'> => {
  if (!isObject(breakpoint)) return { content: text === '' ? null : text }
  if (text === '')
    return { content: null, cache_control: breakpoint } as Pick<ChatMessage, 'content'>
  return { content: [{ type: 'text', text, cache_control: breakpoint }] }
}

const turn = (message: unknown, i: number, note: Note): Conversation => {
  if (!isObject(message)) return { messages: [], prompt: [] }
  const path = `messages[${i}].content`
  const { role, content } = message
  if (role === 'user') return userTurn(content, path, note)
  const other: ChatMessage =
    role === 'assistant'
      ? assistantTurn(content, path, note)
      : { role: 'system', content: textOnly(content, path, note) }
  return { messages: [other], prompt: [other] }
}

/** All turns, the system prompt first. */
export const toConversation = (
  { system, messages }: { system?: unknown; messages: unknown[] },
  note: Note,
): Conversation => {
  const prompt = system === undefined ? '' : textOnly(system, 'system', note)
  const opening: ChatMessage[] = prompt.length === 0 ? [] : [{ role: 'system', content: prompt }]
  const turns = messages.map((message, i) => turn(message, i, note))
  return {
    messages: [...opening, ...turns.flatMap((converted) => converted.messages)],
    prompt: [...opening, ...turns.flatMap((converted) => converted.prompt)],
  }
}
