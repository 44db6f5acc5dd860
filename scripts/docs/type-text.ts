// What a JSON Schema allows, in a few words for a table: "whole number, 1 to 16", "`live` or `buffered`".

/** The part of JSON Schema that the configuration's schema comes to. */
export interface JsonSchema {
  type?: string | string[]
  description?: string
  default?: unknown
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  required?: string[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
}

const NAMES: Record<string, string> = {
  boolean: '`true` or `false`',
  string: 'text',
  number: 'number',
  integer: 'whole number',
  null: '`null`',
}

const orList = (parts: string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`

/** So that an "or" inside a long one is not read as the next of the list. */
const shortestFirst = (texts: string[]): string[] => texts.toSorted((a, b) => a.length - b.length)

const code = (value: unknown): string =>
  `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``

/** Zod gives whole numbers the bounds of what a double holds exactly: they say nothing. */
const isBound = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER

const rangeText = (schema: JsonSchema): string => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  const low = isBound(minimum) ? `from ${minimum}` : null
  const above = isBound(exclusiveMinimum) ? `above ${exclusiveMinimum}` : null
  const high = isBound(maximum) ? `to ${maximum}` : null
  const below = isBound(exclusiveMaximum) ? `below ${exclusiveMaximum}` : null
  const words = [low ?? above, high ?? below].filter((word) => word !== null)
  return words.length > 0 ? `, ${words.join(' ')}` : ''
}

export const typeText = (schema: JsonSchema): string => {
  if (schema.const !== undefined) return code(schema.const)
  if (schema.enum) return orList(schema.enum.map(code))
  const forms = schema.anyOf ?? schema.oneOf
  if (forms) return orList(shortestFirst([...new Set(forms.map(typeText))]))
  if (schema.properties)
    return `an object of ${Object.keys(schema.properties).map(code).join(', ')}`
  if (Array.isArray(schema.type)) return orList(schema.type.map((type) => typeText({ type })))
  if (schema.items) return `list of ${typeText(schema.items)}`
  if (typeof schema.additionalProperties === 'object') {
    return `names with ${typeText(schema.additionalProperties)}`
  }
  return `${NAMES[schema.type ?? ''] ?? 'any'}${rangeText(schema)}`
}
