// OpenAI's older form of tools (`functions`, `function_call`, the role `function`) → the newer one, for providers that have
// never had it.
import { isObject, type JsonObject, textOf } from '../json.ts'
import type { ChatBody } from './upstream-request.ts'

const choiceOf = (call: unknown): unknown => {
  if (isObject(call)) return { type: 'function', function: { name: call.name } }
  return call
}

/** Calls had no ids: a result belongs to the latest call of its name. */
const toCalls = (messages: readonly unknown[]): unknown[] => {
  const ids = new Map<string, string>()
  return messages.map((message, at) => {
    if (!isObject(message)) return message
    const { function_call: call, name, ...rest } = message
    if (message.role === 'function') {
      const id = ids.get(textOf(name)) ?? `call_${at}`
      return { ...rest, role: 'tool', tool_call_id: id }
    }
    if (!isObject(call)) return message
    const id = `call_${at}`
    ids.set(textOf(call.name), id)
    return {
      ...message,
      function_call: undefined,
      tool_calls: [{ id, type: 'function', function: call }],
    }
  })
}

const usesLegacy = ({ functions, messages }: ChatBody): boolean =>
  Array.isArray(functions) ||
  messages.some(
    (message) =>
      isObject(message) && (message.role === 'function' || isObject(message.function_call)),
  )

/** The same body where it uses nothing of the older form. */
export const withoutLegacyFunctions = (body: ChatBody): ChatBody => {
  if (!usesLegacy(body)) return body
  const { functions, function_call: call, ...rest } = body
  const tools: JsonObject[] = (Array.isArray(functions) ? functions : []).map((fn) => ({
    type: 'function',
    function: fn,
  }))
  return {
    ...rest,
    messages: toCalls(body.messages),
    ...(tools.length > 0 && {
      tools: [...(Array.isArray(body.tools) ? body.tools : []), ...tools],
    }),
    ...(call !== undefined && call !== null && { tool_choice: choiceOf(call) }),
  } as ChatBody
}
