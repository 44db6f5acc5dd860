// The arguments of a tool call as one text of a JSON object, however a server wrote them: as an object, as that text once
// more within quotes, or as one of the words for none.
import { isObject } from '../json.ts'
import { writeJson } from '../lossless-json.ts'

/** How servers write that a call has no arguments. */
const NONE = new Set(['', 'null', 'undefined', 'None', '[]', '""'])

/** The text of arguments in any form; '' for none. */
export const argumentsText = (value: unknown): string => {
  if (typeof value === 'string') return value
  return isObject(value) || Array.isArray(value) ? writeJson(value) : ''
}

/** The text within quotes; undefined where it is no JSON string. */
const unquoted = (text: string): string | undefined => {
  try {
    const inner: unknown = JSON.parse(text)
    return typeof inner === 'string' ? inner.trim() : undefined
  } catch {
    return undefined // cut off, or not JSON: the caller keeps it as it is
  }
}

/** All of a call's arguments; the text itself where it begins as an object's does, or is nothing that is known here. */
export const wholeArguments = (text: string): string => {
  const bare = text.trim()
  if (NONE.has(bare)) return '{}'
  if (!bare.startsWith('"')) return text
  const inner = unquoted(bare)
  if (inner === undefined) return text
  if (NONE.has(inner)) return '{}'
  return inner.startsWith('{') ? inner : text
}
