// Tool calls in a conversation's history, whatever dialect it was written in. Providers answer broken arguments with a 500
// or a 400 of their own: refused here, they cost no attempt and open no breaker.
import { RouterError } from '../../errors.ts'
import { parseJson } from '../request/json.ts'

type Fields = Record<string, unknown>

/** @throws RouterError `invalid_request` naming the first call whose arguments are no string that holds JSON. */
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

// Absent or empty is a call without arguments: that is how several clients write it (dialects/chat/written-arguments.ts).
// A string is held to the same limits
// as a body, which it would otherwise carry past them.
const checkCall = (call: unknown, path: string): void => {
  const { arguments: written } = fieldsOf(call)
  if (written === undefined || written === null) return
  const param = `${path}.arguments`
  if (typeof written !== 'string') throw refuse(param, 'expected a string that holds JSON')
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
