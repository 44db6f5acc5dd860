// `input` of a Responses request → chat messages. Items are flat where chat nests: calls of one turn, whether they follow
// the assistant's text or not, become one assistant message, as chat demands of the tool messages behind it.

import { RouterError } from '../../errors.ts'
import { MAX_MESSAGES } from '../chat/chat-schema.ts'
import { type JsonObject, refuse, requireObject, requireText, textOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'
import { toChatContent } from './content.ts'
import { addThoughts } from './input-thoughts.ts'
import type { Notes } from './notes.ts'
import { type ToolNames, toArguments } from './tool-names.ts'

/** Returns an output item that was kept for references, or undefined. */
export type Recall = (id: string) => JsonObject | undefined

export interface InputContext {
  recall: Recall
  names: ToolNames
  notes: Notes
}

interface Adding extends InputContext {
  messages: JsonObject[]
  param: string
}

const ROLES = ['system', 'developer', 'user', 'assistant']

const itemMissing = (param: string): never => {
  throw new RouterError(
    'not_found',
    `${param}: no item of this id is kept (an hour, in memory, not with store: false); send the item itself`,
    { param },
  )
}

const addMessage = (item: JsonObject, { messages, param, notes }: Adding): void => {
  const { role } = item
  if (typeof role !== 'string' || !ROLES.includes(role)) {
    refuse(`${param}.role`, `expected one of ${ROLES.join(', ')}`)
  }
  if (item.phase != null) notes.dropped.add('input.phase')
  const kind = role === 'assistant' ? 'output' : 'input'
  const content = toChatContent(item.content, { kind, param: `${param}.content`, notes })
  const last = messages.at(-1)
  const isTextOfCalls = role === 'assistant' && last?.role === role && last.content === null
  if (isTextOfCalls) last.content = content
  else messages.push({ role, content })
}

interface Call {
  name: string
  written: string
}

const addCall = (item: JsonObject, { name, written }: Call, { messages, param }: Adding): void => {
  const call = {
    id: requireText(item.call_id, `${param}.call_id`),
    type: 'function',
    function: { name, arguments: written },
  }
  const last = messages.at(-1)
  if (last?.role !== 'assistant') {
    messages.push({ role: 'assistant', content: null, tool_calls: [call] })
    return
  }
  if (Array.isArray(last.tool_calls)) last.tool_calls.push(call)
  else last.tool_calls = [call]
}

const addFunctionCall = (item: JsonObject, adding: Adding): void => {
  const name = requireText(item.name, `${adding.param}.name`)
  const written = requireText(item.arguments, `${adding.param}.arguments`)
  addCall(item, { name: adding.names.chatName(name, item.namespace), written }, adding)
}

const addCustomCall = (item: JsonObject, adding: Adding): void => {
  const name = requireText(item.name, `${adding.param}.name`)
  const written = toArguments(requireText(item.input, `${adding.param}.input`))
  addCall(item, { name: adding.names.chatName(name, item.namespace), written }, adding)
}

/** A call of a tool that the caller ran and that is named by its type: sent as a function of that name. */
const addClientCall = (type: string, item: JsonObject, adding: Adding): void => {
  const { id: _, call_id: __, status: ___, ...rest } = item
  addCall(item, { name: type.replace(/_call$/, ''), written: writeJson(rest) }, adding)
}

const addOutput = (item: JsonObject, { messages, param, notes }: Adding): void => {
  const { output } = item
  const isContent = typeof output === 'string' || Array.isArray(output)
  messages.push({
    role: 'tool',
    tool_call_id: requireText(item.call_id, `${param}.call_id`),
    content: isContent
      ? toChatContent(output, { kind: 'tool', param: `${param}.output`, notes })
      : writeJson(output ?? ''),
  })
}

const CLIENT_CALLS = ['apply_patch_call', 'computer_call', 'local_shell_call', 'shell_call']
const OUTPUTS = [
  ...['function_call_output', 'custom_tool_call_output'],
  ...CLIENT_CALLS.map((type) => `${type}_output`),
]
/** Items of tools that ran at the provider: their results are in the text behind them. */
const HOSTED = [
  ...['web_search_call', 'file_search_call', 'code_interpreter_call', 'image_generation_call'],
  ...['mcp_call', 'mcp_list_tools', 'mcp_approval_request', 'mcp_approval_response'],
  ...['tool_search_call', 'tool_search_output'],
]

const addItem = (received: unknown, adding: Adding): void => {
  const { param, notes, messages } = adding
  const { type = 'message', ...item } = requireObject(received, param)
  const kind = textOf(type)
  if (kind === 'message') addMessage(item, adding)
  else if (kind === 'function_call') addFunctionCall(item, adding)
  else if (kind === 'custom_tool_call') addCustomCall(item, adding)
  else if (OUTPUTS.includes(kind)) addOutput(item, adding)
  else if (CLIENT_CALLS.includes(kind)) addClientCall(kind, item, adding)
  else if (kind === 'reasoning') addThoughts(messages, item, notes)
  else if (HOSTED.includes(kind)) notes.dropped.add(`input.${kind}`)
  else if (kind === 'item_reference') {
    const id = requireText(item.id, `${param}.id`)
    addItem(adding.recall(id) ?? itemMissing(`${param}.id`), adding)
  } else notes.untranslatable.push(`${param}.type`)
}

/** Whether a message is a turn of its own: thoughts alone are not. */
const hasContent = ({ role, content, tool_calls: calls }: JsonObject): boolean =>
  role !== 'assistant' || content !== null || Array.isArray(calls)

/**
 * The messages of a conversation. Reasoning items are `reasoning_content` of the turn behind them.
 * @throws RouterError `invalid_request` naming the item that is not of the documented form; `not_found` for an unknown
 * reference
 */
export const toMessages = (input: unknown, context: InputContext): JsonObject[] => {
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  if (!Array.isArray(input)) return refuse('input', 'expected a string or an array of items')
  if (input.length > MAX_MESSAGES) return refuse('input', `expected at most ${MAX_MESSAGES} items`)
  const messages: JsonObject[] = []
  for (const [i, item] of input.entries()) {
    addItem(item, { ...context, messages, param: `input[${i}]` })
  }
  const turns = messages.filter(hasContent)
  const isWhole = turns.length > 0 || context.notes.untranslatable.length > 0
  return isWhole ? turns : refuse('input', 'holds no message')
}
