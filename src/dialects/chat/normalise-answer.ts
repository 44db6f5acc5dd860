// A whole answer of an OpenAI-compatible server in OpenAI's own form, so that every dialect reads one form only: content as
// a list of parts, arguments as objects, other finish reasons, missing names. An answer in OpenAI's form is returned as the
// same object, and its bytes are then relayed as they came.
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
  const providerId = textOf(call.id)
  const id = providerId === '' || taken.has(providerId) ? newId(n) : providerId
  taken.add(id)
  return id
}

const normaliseCall = (call: unknown, n: number, rules: CallRules): unknown => {
  const fn = isObject(call) && isObject(call.function) ? call.function : null
  if (!isObject(call) || fn === null) return call
  const normalised = withChanges(fn, {
    name: rules.names.toolNames?.get(textOf(fn.name)) ?? fn.name,
    arguments: wholeArguments(argumentsText(fn.arguments)),
  })
  const id = idOf(call, n, rules)
  return withChanges(call, { id, type: call.type ?? 'function', function: normalised })
}

const normaliseMessage = (message: JsonObject, rules: CallRules): JsonObject => {
  const withRole = withChanges(message, { role: message.role ?? 'assistant' })
  if (!Array.isArray(withRole.tool_calls)) return withRole
  const calls = mapSame(withRole.tool_calls, (call, n) => normaliseCall(call, n, rules))
  return writeMessage(withChanges(withRole, { tool_calls: calls }), rules.names)
}

const hasCalls = ({ tool_calls: calls, function_call: call }: JsonObject): boolean =>
  isObject(call) || (Array.isArray(calls) && calls.length > 0)

const normaliseChoice = (choice: JsonObject, at: number, rules: CallRules): JsonObject => {
  const { message, finish_reason: reason } = choice
  const { names } = rules
  const read = isObject(message) ? readMessage(message, names) : null
  const end = endOf(reason, { hasCalls: read !== null && hasCalls(read), ...names })
  return withChanges(choice, {
    index: choice.index ?? at,
    message: read === null ? message : normaliseMessage(read, rules),
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
