// A chat completion → the chunks of the stream that would have told it: who speaks, all that is said, why it ended.
import { isObject, type JsonObject } from '../json.ts'

const withIndex = (call: unknown, index: number): unknown =>
  isObject(call) ? { index, ...call } : call

const saidIn = (message: JsonObject): JsonObject => {
  const { role: _, tool_calls: calls, ...said } = message
  return Array.isArray(calls) ? { ...said, tool_calls: calls.map(withIndex) } : said
}

const choicesOf = (choice: JsonObject): JsonObject[] => {
  const { index = 0, message, finish_reason, ...others } = choice
  const told = isObject(message) ? message : {}
  const opening = { role: told.role ?? 'assistant', content: told.content === null ? null : '' }
  return [
    { index, delta: opening, finish_reason: null },
    { index, delta: saidIn(told), ...others, finish_reason: null },
    { index, delta: {}, finish_reason },
  ]
}

/** Without a usage chunk: what `assembleCompletion` makes of them is the completion again. */
export const completionChunks = (completion: JsonObject): JsonObject[] => {
  const { choices, usage: _, ...envelope } = completion
  const all = Array.isArray(choices) ? choices.filter(isObject).flatMap(choicesOf) : []
  return all.map((choice) => ({ ...envelope, object: 'chat.completion.chunk', choices: [choice] }))
}
