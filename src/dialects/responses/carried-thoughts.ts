// Thoughts that only the provider that wrote them can read (signed, encrypted) as the `encrypted_content` of a reasoning
// item: clients keep it and send it back. It is not encrypted here: it is the provider's own text behind a mark.
import { isObject, type JsonObject, parseObject } from '../json.ts'
import { writeJson } from '../lossless-json.ts'

const MARK = 'sb1.'

/** Fields of a chat message in which providers send such thoughts. */
const FIELDS = ['thinking_blocks', 'reasoning_details'] as const

export type CarriedThoughts = { [Field in (typeof FIELDS)[number]]?: unknown[] }

export const thoughtsIn = (message: JsonObject): CarriedThoughts =>
  Object.fromEntries(
    FIELDS.flatMap((field) => (Array.isArray(message[field]) ? [[field, message[field]]] : [])),
  )

export const mergeThoughts = (a: CarriedThoughts, b: CarriedThoughts): CarriedThoughts =>
  Object.fromEntries(
    FIELDS.flatMap((field) => {
      const both = [...(a[field] ?? []), ...(b[field] ?? [])]
      return both.length > 0 ? [[field, both]] : []
    }),
  )

/** Null where there is nothing to carry. */
export const sealThoughts = (thoughts: CarriedThoughts): string | null =>
  Object.keys(thoughts).length === 0
    ? null
    : MARK + Buffer.from(writeJson(thoughts)).toString('base64url')

/** Null where this router has not written it. */
export const openThoughts = (sealed: unknown): CarriedThoughts | null => {
  if (typeof sealed !== 'string' || !sealed.startsWith(MARK)) return null
  const read = parseObject(Buffer.from(sealed.slice(MARK.length), 'base64url').toString())
  return read === null ? null : thoughtsIn(read)
}

/** Whether this router made the reasoning item, so that no provider of the Responses API knows it. */
export const isOwnReasoning = (item: unknown): boolean =>
  isObject(item) &&
  item.type === 'reasoning' &&
  (openThoughts(item.encrypted_content) !== null ||
    (item.encrypted_content == null && /^rs_[0-9a-f]{32}$/.test(String(item.id))))
