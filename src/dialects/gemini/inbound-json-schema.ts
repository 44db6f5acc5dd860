// Google's Schema (a part of OpenAPI, types in capitals) → JSON Schema.
import { isObject, type JsonObject } from '../json.ts'
import { fieldsOf } from './inbound-names.ts'

const LISTS = new Set(['anyOf', 'prefixItems'])
/** Orders and examples, which servers that check JSON Schema strictly refuse; `nullable` goes into the type. */
const LEFT_OUT = new Set(['propertyOrdering', 'example', 'nullable'])

const typeOf = (type: unknown, isNullable: boolean): unknown => {
  const name = typeof type === 'string' ? type.toLowerCase() : type
  return isNullable && typeof name === 'string' ? [name, 'null'] : name
}

const fieldOf = (name: string, value: unknown): unknown => {
  if (name === 'properties' && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([property, schema]) => [property, toJsonSchema(schema)]),
    )
  }
  if (LISTS.has(name) && Array.isArray(value)) return value.map(toJsonSchema)
  return name === 'items' ? toJsonSchema(value) : value
}

/** Depth is bounded by the reading of the body. */
export const toJsonSchema = (schema: unknown): unknown => {
  if (!isObject(schema)) return schema
  const { type, nullable, ...fields } = fieldsOf(schema)
  const translated: JsonObject = type === undefined ? {} : { type: typeOf(type, nullable === true) }
  for (const [name, value] of Object.entries(fields)) {
    if (!LEFT_OUT.has(name)) translated[name] = fieldOf(name, value)
  }
  return translated
}
