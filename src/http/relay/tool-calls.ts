// Validates tool calls in a conversation's history, in any dialect. Providers answer invalid arguments with a 500 or 400: refused here,
// they cost no attempt and open no breaker.
import { RouterError } from '../../errors.ts'
import { parseJson } from '../request/json.ts'

type Fields = Record<string, unknown>

/** @throws RouterError `invalid_request` naming the first call whose arguments are not a string with valid JSON */
export const checkToolCalls = (messages: readonly unknown[]): void => {
  for (const [i, message] of messages.entries()) {
    const { tool_calls: calls, function_call: call } = fieldsOf(message)
    if (Array.isArray(calls)) {
      for (const [j, one] of calls.entries()) {
        checkCall(fieldsOf(one).function, `messages[${i}].tool_calls[${j}].function`)
      }
    }
    checkCall(call, `messages[${i}].function_call`)
  }
}

// Several clients write a call without arguments as absent or empty ones (dialects/chat/written-arguments.ts). The limits of a body's
// depth and size apply to the string, too.
const checkCall = (call: unknown, path: string): void => {
  const { arguments: written } = fieldsOf(call)
  if (written === undefined || written === null) return
  const param = `${path}.arguments`
  if (typeof written !== 'string') throw refuse(param, 'expected a string with JSON')
  if (written.trim() === '') return
  try {
    parseJson(new TextEncoder().encode(written))
  } catch {
    throw refuse(param, 'is not valid JSON, or is nested or split beyond the limits of a body')
  }
}

const refuse = (param: string, problem: string): RouterError =>
  new RouterError('invalid_request', `${param}: ${problem}`, { param })

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}
