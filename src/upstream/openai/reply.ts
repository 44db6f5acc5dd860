// Validates a complete answer of an OpenAI-compatible provider; valid ones are passed on unchanged.

import type { Usage } from '../../core/types.ts'
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { isObject, type JsonObject, objectsOf, textOf } from '../../dialects/json.ts'
import { readUsage } from '../stream/usage.ts'

const isNameless = ({ message }: JsonObject): boolean =>
  isObject(message) &&
  objectsOf(message.tool_calls).some(({ function: fn }) => isObject(fn) && textOf(fn.name) === '')

/** @throws RouterError `upstream_invalid` where the body has no choice with a message, or a call without a name. */
export const readChatCompletion = (
  provider: string,
  body: JsonObject,
): { body: JsonObject; usage: Usage | null } => {
  const choices = objectsOf(body.choices)
  if (choices.length === 0) throw invalidAnswer(provider, 'answered without choices')
  if (!choices.some(({ message }) => isObject(message))) {
    throw invalidAnswer(provider, 'answered without a message')
  }
  if (choices.some(isNameless)) throw invalidAnswer(provider, 'called a tool without naming it')
  return { body, usage: readUsage(body.usage) }
}
