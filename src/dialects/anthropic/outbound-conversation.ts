// OpenAI's messages → Anthropic's turns: system and developer messages become the system prompt, tool results are grouped
// into one user turn, in front of what the user says with them.

import { ANTHROPIC_IDS, fitId } from '../chat/tool-ids.ts'
import { isObject, type JsonObject, parseObject } from '../json.ts'
import {
  type Block,
  textBlocks,
  thoughtBlocks,
  toBlocks,
  withBreakpoint,
} from './outbound-content.ts'
import { refuseField } from './outbound-refuse.ts'

export interface Turn {
  role: 'user' | 'assistant'
  content: Block[]
}

const toolId = (id: unknown): string => fitId(String(id), ANTHROPIC_IDS)

const toolUse = (call: unknown, path: string): Block => {
  const fn = isObject(call) && isObject(call.function) ? call.function : null
  if (fn === null) return refuseField(path, 'is no function call, which has no counterpart')
  const text = typeof fn.arguments === 'string' ? fn.arguments.trim() : ''
  const input = text === '' ? {} : parseObject(text)
  if (input === null) return refuseField(`${path}.function.arguments`, 'must be a JSON object')
  const { id, caller } = call as JsonObject
  return {
    type: 'tool_use',
    id: toolId(id),
    name: fn.name,
    input,
    ...(isObject(caller) && { caller }),
  }
}

const assistantTurn = (message: JsonObject, path: string): Turn => {
  if (message.function_call) refuseField(`${path}.function_call`)
  if (message.audio) refuseField(`${path}.audio`)
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : []
  return {
    role: 'assistant',
    content: [
      ...thoughtBlocks(message),
      ...toBlocks(message.content, `${path}.content`),
      ...textBlocks(message.refusal),
      ...calls.map((call, i) => toolUse(call, `${path}.tool_calls[${i}]`)),
    ],
  }
}

const toolTurn = (message: JsonObject, path: string): Turn => {
  // A breakpoint ends at the result, not within it.
  const blocks = toBlocks(message.content, `${path}.content`)
  const marked = blocks.find((block) => block.cache_control) ?? message
  const content = blocks.map(({ cache_control: _, ...block }) => block)
  const result = { type: 'tool_result', tool_use_id: toolId(message.tool_call_id), content }
  return { role: 'user', content: withBreakpoint([result], marked) }
}

const turnOf = (message: JsonObject, path: string): Turn => {
  if (message.role === 'tool') return toolTurn(message, path)
  if (message.name) refuseField(`${path}.name`)
  if (message.role === 'assistant') {
    const turn = assistantTurn(message, path)
    return { ...turn, content: withBreakpoint(turn.content, message) }
  }
  if (message.role !== 'user') refuseField(`${path}.role (${String(message.role)})`)
  return {
    role: 'user',
    content: withBreakpoint(toBlocks(message.content, `${path}.content`), message),
  }
}

const isResult = ({ type }: Block): boolean => type === 'tool_result'

/** One turn of those that follow each other with the same role; results must stand first. */
const joinTurns = (turns: Turn[]): Turn[] => {
  const joined: Turn[] = []
  for (const { role, content } of turns) {
    const last = joined.at(-1)
    if (content.length === 0) continue
    if (last?.role === role) last.content.push(...content)
    else joined.push({ role, content: [...content] })
  }
  return joined.map(({ role, content }) => ({
    role,
    content: [...content.filter(isResult), ...content.filter((block) => !isResult(block))],
  }))
}

const SYSTEM = new Set<unknown>(['system', 'developer'])

/** @throws RouterError `invalid_request` naming what Anthropic's API cannot express */
export const toTurns = (messages: unknown[]): { system: Block[]; turns: Turn[] } => {
  const system: Block[] = []
  const turns: Turn[] = []
  for (const [i, message] of messages.entries()) {
    if (!isObject(message)) continue
    const path = `messages[${i}]`
    if (SYSTEM.has(message.role)) {
      system.push(...withBreakpoint(toBlocks(message.content, `${path}.content`), message))
    } else turns.push(turnOf(message, path))
  }
  return { system, turns: joinTurns(turns) }
}
