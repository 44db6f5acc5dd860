// The items that are kept of a request and its answer, so that a later request can continue from them.
import { isObject, type JsonObject, mapSame, objectsOf, textOf } from '../json.ts'
import type { Recall } from './input.ts'

const PREFIXES: Record<string, string> = { function_call: 'fc', reasoning: 'rs' }

/** The items of a request's own input, each with an id. */
export const inputItems = (input: unknown, newId: () => string): JsonObject[] => {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : objectsOf(input)
  return items.map((item) => {
    const { type = 'message', id, ...rest } = item
    const prefix = PREFIXES[textOf(type)] ?? 'msg'
    return { id: id ?? `${prefix}_${newId()}`, type, ...rest }
  })
}

/** One kept turn: the items of its input, and its response. */
export interface KeptTurn {
  input: JsonObject[]
  response: JsonObject
}

/** The request with the items of earlier turns before its own; the same where there are none. */
export const withEarlierTurns = (request: JsonObject, turns: readonly KeptTurn[]): JsonObject => {
  if (turns.length === 0) return request
  const { previous_response_id: _, input, ...rest } = request
  const earlier = turns.flatMap((turn) => [...turn.input, ...objectsOf(turn.response.output)])
  const own = typeof input === 'string' ? [{ role: 'user', content: input }] : input
  return { ...rest, input: Array.isArray(own) ? [...earlier, ...own] : own }
}

/** The request with the items that it refers to in their places; the same where it refers to none that is known. */
export const withReferredItems = (request: JsonObject, recall: Recall): JsonObject => {
  const { input } = request
  if (!Array.isArray(input)) return request
  const items = mapSame(input, (item) =>
    isObject(item) && item.type === 'item_reference' ? (recall(textOf(item.id)) ?? item) : item,
  )
  return items === input ? request : { ...request, input: items }
}
