// A whole answer of an OpenAI-compatible server in OpenAI's own form, so that every dialect reads one form only: content as
// a list of parts, arguments as objects, other finish reasons, missing names. What is in order is given back as the same
// object, and its bytes are then relayed as they came.
import { isObject, type JsonObject, mapSame, textOf, withChanges } from '../json.ts'
import {
  type AnswerNames,
  callIdFrom,
  endOf,
  mendChoices,
  namesOf,
  readMessage,
  usageOf,
  writeMessage,
} from './answer-changes.ts'
import { argumentsText } from './stream-calls.ts'

interface CallRules {
  newId: (n: number) => string
  names: AnswerNames
}

const mendCall = (call: unknown, n: number, { newId, names }: CallRules): unknown => {
  const fn = isObject(call) && isObject(call.function) ? call.function : null
  if (!isObject(call) || fn === null) return call
  const text = argumentsText(fn.arguments)
  const mended = withChanges(fn, {
    name: names.toolNames?.get(textOf(fn.name)) ?? fn.name,
    arguments: text.trim() === '' ? '{}' : text,
  })
  return withChanges(call, {
    id: textOf(call.id) || newId(n),
    type: call.type ?? 'function',
    function: mended,
  })
}

const mendMessage = (given: JsonObject, rules: CallRules): JsonObject => {
  const said = readMessage(given, rules.names)
  if (!Array.isArray(said.tool_calls)) return said
  const calls = mapSame(said.tool_calls, (call, n) => mendCall(call, n, rules))
  return writeMessage(withChanges(said, { tool_calls: calls }), rules.names)
}

/** A whole chat completion. */
export const mendCompletion = (body: JsonObject, names: AnswerNames): JsonObject => {
  const named = namesOf(body, names)
  const choices = mendChoices(body.choices, (choice) => {
    const { message, finish_reason: reason } = choice
    const newId = callIdFrom(textOf(named.id), choice.index)
    return withChanges(choice, {
      message: isObject(message) ? mendMessage(message, { newId, names }) : message,
      finish_reason: endOf(reason, names),
    })
  })
  return withChanges(body, { ...named, choices, usage: usageOf(body.usage) })
}
