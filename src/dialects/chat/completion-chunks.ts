// A chat completion → the chunks of an equal stream: for each choice its role, its whole message, its finish reason.
import { isObject, type JsonObject } from '../json.ts'

const withIndex = (call: unknown, index: number): unknown =>
  isObject(call) ? { index, ...call } : call

const deltaOf = (message: JsonObject): JsonObject => {
  const { role: _, tool_calls: calls, ...delta } = message
  return Array.isArray(calls) ? { ...delta, tool_calls: calls.map(withIndex) } : delta
}

const choicesOf = (choice: JsonObject): JsonObject[] => {
  const { index = 0, message: received, finish_reason, ...others } = choice
  const message = isObject(received) ? received : {}
  const opening = {
    role: message.role ?? 'assistant',
    content: message.content === null ? null : '',
  }
  return [
    { index, delta: opening, finish_reason: null },
    { index, delta: deltaOf(message), ...others, finish_reason: null },
    { index, delta: {}, finish_reason },
  ]
}

/** Without a usage chunk: what `assembleCompletion` makes of them is the completion again. */
export const completionChunks = (completion: JsonObject): JsonObject[] => {
  const { choices, usage: _, ...envelope } = completion
  const all = Array.isArray(choices) ? choices.filter(isObject).flatMap(choicesOf) : []
  return all.map((choice) => ({ ...envelope, object: 'chat.completion.chunk', choices: [choice] }))
}
