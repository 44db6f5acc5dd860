// Tool calls of earlier turns with their arguments as text, as OpenAI's form has them: clients that read an answer with an
// object, or none, send back what they read.
import { isObject, type JsonObject, mapSame, withChanges } from '../json.ts'
import { argumentsText, wholeArguments } from './call-arguments.ts'
import type { ChatBody } from './upstream-request.ts'

const written = (fn: JsonObject): JsonObject => {
  const { arguments: args } = fn
  if (typeof args !== 'string') {
    const isForm = args === undefined || args === null || isObject(args)
    return isForm ? { ...fn, arguments: argumentsText(args) || '{}' } : fn
  }
  return args.trim() === '' ? { ...fn, arguments: wholeArguments(args) } : fn
}

const writtenCall = (call: unknown): unknown =>
  isObject(call) && isObject(call.function)
    ? withChanges(call, { function: written(call.function) })
    : call

const writtenIn = (message: unknown): unknown => {
  if (!isObject(message)) return message
  const { tool_calls: calls, function_call: call } = message
  if (!Array.isArray(calls) && !isObject(call)) return message
  return withChanges(message, {
    ...(Array.isArray(calls) && { tool_calls: mapSame(calls, writtenCall) }),
    ...(isObject(call) && { function_call: written(call) }),
  })
}

/** The same body where all arguments are text already. */
export const withWrittenArguments = (body: ChatBody): ChatBody =>
  withChanges(body, { messages: mapSame(body.messages, writtenIn) }) as ChatBody
