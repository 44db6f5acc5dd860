// Reading JSON values of which nothing is known yet: what callers and providers send.
import { jsonShape, MAX_JSON_DEPTH } from '../core/json-shape.ts'
import { RouterError } from '../errors.ts'
import { parseJsonText } from './lossless-json.ts'

export type JsonObject = Record<string, unknown>

/** Whether a parsed value is a plain JSON object. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The objects of a list; anything else gives none. */
export const objectsOf = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : []

/** The text where it is one, else ''. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The JSON object in a text, or null where it holds none, or one too deep for whatever would write it again. */
export const parseObject = (text: string): JsonObject | null => {
  const shape = jsonShape(text)
  if (shape.depth > MAX_JSON_DEPTH) return null
  try {
    const value = parseJsonText(text, shape)
    return isObject(value) ? value : null
  } catch {
    return null // the caller decides what that means
  }
}

/** The entries that are neither undefined nor null. */
export const presentFields = (values: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value != null))

/** @throws RouterError `invalid_request` that names the parameter; `problem` holds no text of the caller's. */
export const refuse = (param: string, problem: string): never => {
  throw new RouterError('invalid_request', `${param}: ${problem}`, { param })
}

/** @throws RouterError `invalid_request` where the value is no string. */
export const requireText = (value: unknown, param: string): string =>
  typeof value === 'string' ? value : refuse(param, 'expected a string')

/** @throws RouterError `invalid_request` where the value is no object. */
export const requireObject = (value: unknown, param: string): JsonObject =>
  isObject(value) ? value : refuse(param, 'expected an object')

/** As `list.map`, but the list itself where nothing changes: what is untouched is sent on as it was written. */
export const mapSame = <T>(list: readonly T[], change: (value: T, at: number) => T): T[] => {
  const changed = list.map(change)
  return changed.every((value, at) => value === list[at]) ? (list as T[]) : changed
}

/** `changes` over `value`, or `value` itself where they change nothing. */
export const withChanges = (value: JsonObject, changes: JsonObject): JsonObject => {
  for (const key in changes) {
    if (value[key] !== changes[key]) return { ...value, ...changes }
  }
  return value
}
