// JSON Schema → the smallest value it accepts, for the echo provider's tool calls. Covers what tool schemas are written
// with; what it does not know (`pattern`, `not`, conditionals) it ignores.
import { isObject } from '../provider/provider-error.ts'

const MAX_DEPTH = 16

/** The smallest value for a schema: required properties only, bounds and enums kept. Never throws; unknown gives null. */
export const minimalValue = (schema: unknown): unknown => build(schema, schema, 0)

const build = (schema: unknown, root: unknown, depth: number): unknown => {
  if (!isObject(schema) || depth > MAX_DEPTH) return null
  if ('const' in schema) return schema.const
  if ('default' in schema) return schema.default
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null
  const nested = alternative(schema, root)
  if (nested !== null) return build(nested, root, depth + 1)
  switch (typeOf(schema)) {
    case 'object':
      return minimalObject(schema, root, depth)
    case 'array':
      return minimalArray(schema, root, depth)
    case 'string':
      return minimalString(schema)
    case 'integer':
    case 'number':
      return minimalNumber(schema)
    case 'boolean':
      return false
    default:
      return null
  }
}

const typeOf = (schema: Record<string, unknown>): unknown => {
  if (Array.isArray(schema.type)) return schema.type[0]
  return schema.type ?? (isObject(schema.properties) ? 'object' : undefined)
}

/** The schema that stands for this one: a local $ref, the first of anyOf or oneOf, allOf merged. */
const alternative = (
  schema: Record<string, unknown>,
  root: unknown,
): Record<string, unknown> | null => {
  if (typeof schema.$ref === 'string') return resolveRef(schema.$ref, root)
  const { allOf, anyOf, oneOf, ...rest } = schema
  if (Array.isArray(allOf)) return mergeAll([rest, ...allOf.filter(isObject)])
  const options = [anyOf, oneOf].find(Array.isArray)
  const first = options?.find(isObject)
  return first === undefined ? null : mergeAll([rest, first])
}

const mergeAll = (schemas: Record<string, unknown>[]): Record<string, unknown> =>
  Object.assign({}, ...schemas, {
    properties: Object.assign({}, ...schemas.map((schema) => asObject(schema.properties))),
    required: schemas.flatMap((schema) => asArray(schema.required)),
  })

const resolveRef = (ref: string, root: unknown): Record<string, unknown> | null => {
  if (!ref.startsWith('#/')) return null
  let at: unknown = root
  for (const step of ref.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }
  return isObject(at) ? at : null
}

const minimalObject = (schema: Record<string, unknown>, root: unknown, depth: number) => {
  const properties = asObject(schema.properties)
  const required = asArray(schema.required).filter((name) => typeof name === 'string')
  return Object.fromEntries(
    required.map((name) => [name, build(properties[name], root, depth + 1)]),
  )
}

const minimalArray = (schema: Record<string, unknown>, root: unknown, depth: number) => {
  const length = Math.min(asCount(schema.minItems), 100)
  return Array.from({ length }, () => build(schema.items, root, depth + 1))
}

const STRING_FORMATS: Record<string, string> = {
  date: '1970-01-01',
  'date-time': '1970-01-01T00:00:00Z',
  time: '00:00:00Z',
  email: 'demo@example.com',
  uri: 'https://example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
}

const minimalString = (schema: Record<string, unknown>): string => {
  const format = typeof schema.format === 'string' ? STRING_FORMATS[schema.format] : undefined
  return format ?? 'x'.repeat(Math.min(asCount(schema.minLength), 1_000))
}

const minimalNumber = (schema: Record<string, unknown>): number => {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema
  if (typeof minimum === 'number' && minimum > 0) return Math.ceil(minimum)
  if (typeof exclusiveMinimum === 'number' && exclusiveMinimum >= 0) {
    return Math.floor(exclusiveMinimum) + 1
  }
  if (typeof maximum === 'number' && maximum < 0) return Math.floor(maximum)
  if (typeof exclusiveMaximum === 'number' && exclusiveMaximum <= 0) {
    return Math.ceil(exclusiveMaximum) - 1
  }
  return 0
}

const asObject = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})
const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const asCount = (value: unknown): number =>
  Number.isInteger(value) ? Math.max(value as number, 0) : 0
