// A whole answer of an OpenAI-compatible server in OpenAI's own form, so that every dialect reads one form only: content as
// a list of parts, arguments as objects, other finish reasons, missing names. What is in order is given back as the same
// object, and its bytes are then relayed as they came.
import { isObject, type JsonObject, mapSame, textOf, withChanges } from '../json.ts'
import {
  type AnswerNames,
  callIdFrom,
  endOf,
  namesOf,
  normaliseChoices,
  readMessage,
  usageOf,
  writeMessage,
} from './answer-changes.ts'
import { argumentsText, wholeArguments } from './call-arguments.ts'

interface CallRules {
  newId: (n: number) => string
  names: AnswerNames
  /** Ids of the calls so far. */
  taken: Set<string>
}

const idOf = (call: JsonObject, n: number, { newId, taken }: CallRules): string => {
  const given = textOf(call.id)
  const id = given === '' || taken.has(given) ? newId(n) : given
  taken.add(id)
  return id
}

const normaliseCall = (call: unknown, n: number, rules: CallRules): unknown => {
  const fn = isObject(call) && isObject(call.function) ? call.function : null
  if (!isObject(call) || fn === null) return call
  const mended = withChanges(fn, {
    name: rules.names.toolNames?.get(textOf(fn.name)) ?? fn.name,
    arguments: wholeArguments(argumentsText(fn.arguments)),
  })
  const id = idOf(call, n, rules)
  return withChanges(call, { id, type: call.type ?? 'function', function: mended })
}

const normaliseMessage = (said: JsonObject, rules: CallRules): JsonObject => {
  const spoken = withChanges(said, { role: said.role ?? 'assistant' })
  if (!Array.isArray(spoken.tool_calls)) return spoken
  const calls = mapSame(spoken.tool_calls, (call, n) => normaliseCall(call, n, rules))
  return writeMessage(withChanges(spoken, { tool_calls: calls }), rules.names)
}

const hasCalls = ({ tool_calls: calls, function_call: call }: JsonObject): boolean =>
  isObject(call) || (Array.isArray(calls) && calls.length > 0)

const normaliseChoice = (choice: JsonObject, at: number, rules: CallRules): JsonObject => {
  const { message, finish_reason: reason } = choice
  const { names } = rules
  const said = isObject(message) ? readMessage(message, names) : null
  const end = endOf(reason, { hasCalls: said !== null && hasCalls(said), ...names })
  return withChanges(choice, {
    index: choice.index ?? at,
    message: said === null ? message : normaliseMessage(said, rules),
    finish_reason: end ?? 'stop',
  })
}

/** A whole chat completion. */
export const normaliseCompletion = (body: JsonObject, names: AnswerNames): JsonObject => {
  const named = namesOf(body, names)
  const choices = normaliseChoices(body.choices, (choice, at) => {
    const newId = callIdFrom(textOf(named.id), choice.index)
    return normaliseChoice(choice, at, { newId, names, taken: new Set() })
  })
  const object = textOf(body.object) || 'chat.completion'
  return withChanges(body, { object, choices, usage: usageOf(body.usage), ...named })
}
