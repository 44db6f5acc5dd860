// `input` of a Responses request → chat messages. Items are flat where chat nests: calls of one turn, whether they follow
// the assistant's text or not, become one assistant message, as chat demands of the tool messages behind it.

import { RouterError } from '../../errors.ts'
import { MAX_MESSAGES } from '../chat/chat-schema.ts'
import { type JsonObject, objectsOf, refuse, requireObject, requireText, textOf } from '../json.ts'
import { toChatContent } from './content.ts'

/** An output item that was kept for references, or undefined. */
export type Recall = (id: string) => JsonObject | undefined

const ROLES = ['system', 'developer', 'user', 'assistant']

const itemMissing = (param: string): never => {
  throw new RouterError(
    'not_found',
    `${param}: no item of this id is kept (an hour, in memory, not with store: false); send the item itself`,
    { param },
  )
}

/** Thoughts stand before the turn that they led to, which carries them to providers that want them back. */
const addThoughts = (messages: JsonObject[], { summary, content }: JsonObject): void => {
  const texts = objectsOf(content).length > 0 ? objectsOf(content) : objectsOf(summary)
  const thought = texts.map(({ text }) => textOf(text)).join('')
  if (thought === '') return
  const last = messages.at(-1)
  if (last?.role === 'assistant') last.reasoning_content = textOf(last.reasoning_content) + thought
  else messages.push({ role: 'assistant', content: null, reasoning_content: thought })
}

const addMessage = (messages: JsonObject[], item: JsonObject, param: string): void => {
  const { role } = item
  if (typeof role !== 'string' || !ROLES.includes(role)) {
    refuse(`${param}.role`, `expected one of ${ROLES.join(', ')}`)
  }
  const kind = role === 'assistant' ? 'output' : 'input'
  const content = toChatContent(item.content, kind, `${param}.content`)
  const last = messages.at(-1)
  const isTextOfCalls = role === 'assistant' && last?.role === role && last.content === null
  if (isTextOfCalls) last.content = content
  else messages.push({ role, content })
}

const addCall = (messages: JsonObject[], item: JsonObject, param: string): void => {
  const call = {
    id: requireText(item.call_id, `${param}.call_id`),
    type: 'function',
    function: {
      name: requireText(item.name, `${param}.name`),
      arguments: requireText(item.arguments, `${param}.arguments`),
    },
  }
  const last = messages.at(-1)
  if (last?.role !== 'assistant') {
    messages.push({ role: 'assistant', content: null, tool_calls: [call] })
    return
  }
  if (Array.isArray(last.tool_calls)) last.tool_calls.push(call)
  else last.tool_calls = [call]
}

const addOutput = (messages: JsonObject[], item: JsonObject, param: string): void => {
  messages.push({
    role: 'tool',
    tool_call_id: requireText(item.call_id, `${param}.call_id`),
    content: toChatContent(item.output, 'tool', `${param}.output`),
  })
}

/** Thoughts that nothing followed are not a turn. */
const saysSomething = ({ role, content, tool_calls: calls }: JsonObject): boolean =>
  role !== 'assistant' || content !== null || Array.isArray(calls)

const EXPECTED = 'message, function_call, function_call_output, item_reference, reasoning'

/**
 * The messages of a conversation. Reasoning items are `reasoning_content` of the turn behind them.
 * @throws RouterError `invalid_request` naming the item that has no chat form; `not_found` for an unknown reference.
 */
export const toMessages = (input: unknown, recall: Recall): JsonObject[] => {
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  if (!Array.isArray(input)) return refuse('input', 'expected a string or an array of items')
  if (input.length > MAX_MESSAGES) return refuse('input', `expected at most ${MAX_MESSAGES} items`)
  const messages: JsonObject[] = []
  const add = (item: unknown, param: string): void => {
    const { type = 'message', ...rest } = requireObject(item, param)
    if (type === 'message') addMessage(messages, rest, param)
    else if (type === 'function_call') addCall(messages, rest, param)
    else if (type === 'function_call_output') addOutput(messages, rest, param)
    else if (type === 'item_reference') {
      add(recall(requireText(rest.id, `${param}.id`)) ?? itemMissing(`${param}.id`), param)
    } else if (type === 'reasoning') addThoughts(messages, rest)
    else refuse(`${param}.type`, `expected one of ${EXPECTED}`)
  }
  for (const [i, item] of input.entries()) add(item, `input[${i}]`)
  const said = messages.filter(saysSomething)
  return said.length > 0 ? said : refuse('input', 'holds no message')
}
