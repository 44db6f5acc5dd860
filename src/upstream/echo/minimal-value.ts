// JSON Schema → the smallest accepted value, for the echo provider's tool calls. Covers the usual keywords of tool schemas; others
// (`pattern`, `not`, conditionals) are ignored.
import { isObject } from '../../dialects/json.ts'
import { isLongJson } from '../../dialects/json-pieces.ts'

const MAX_DEPTH = 16
/** Bounds the work and the size of the value: a schema of 300 bytes that nests lists of 100 asks for 10^16 values. */
const MAX_STEPS = 20_000

interface Walk {
  root: unknown
  /** Remaining budget of schemas, properties and characters. */
  left: number
}

/** The smallest value for a schema: required properties only, bounds and enums kept. Never throws; unknown gives null, and so does what lies beyond 20,000 steps. */
export const minimalValue = (schema: unknown): unknown =>
  build(schema, { root: schema, left: MAX_STEPS }, 0)

const canSpend = (walk: Walk, steps: number): boolean => {
  walk.left -= steps
  return walk.left >= 0
}

/** A value that the schema itself contains (const, enum, default …), of any size. */
const declaredValue = (value: unknown, walk: Walk): unknown => {
  if (value === undefined || isLongJson(value, walk.left)) return null
  return canSpend(walk, JSON.stringify(value).length) ? value : null
}

const build = (schema: unknown, walk: Walk, depth: number): unknown => {
  if (!isObject(schema) || depth > MAX_DEPTH || !canSpend(walk, 1)) return null
  if ('const' in schema) return declaredValue(schema.const, walk)
  if ('default' in schema) return declaredValue(schema.default, walk)
  if (Array.isArray(schema.enum)) return declaredValue(schema.enum[0] ?? null, walk)
  const nested = alternative(schema, walk)
  if (nested !== null) return build(nested, walk, depth + 1)
  switch (typeOf(schema)) {
    case 'object':
      return minimalObject(schema, walk, depth)
    case 'array':
      return minimalArray(schema, walk, depth)
    case 'string':
      return minimalString(schema, walk)
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

/** The schema to use instead: a local $ref, the first of anyOf or oneOf, allOf merged. */
const alternative = (
  schema: Record<string, unknown>,
  walk: Walk,
): Record<string, unknown> | null => {
  if (typeof schema.$ref === 'string') return resolveRef(schema.$ref, walk)
  const { allOf, anyOf, oneOf, ...rest } = schema
  if (Array.isArray(allOf)) return mergeAll([rest, ...allOf.filter(isObject)], walk)
  const options = [anyOf, oneOf].find(Array.isArray)
  const first = options?.find(isObject)
  return first === undefined ? null : mergeAll([rest, first], walk)
}

/** Every field is copied, so every field is counted. */
const sizeOf = (schemas: Record<string, unknown>[]): number =>
  schemas.reduce(
    (sum, schema) =>
      sum +
      Object.keys(schema).length +
      Object.keys(asObject(schema.properties)).length +
      asArray(schema.required).length,
    0,
  )

const mergeAll = (
  schemas: Record<string, unknown>[],
  walk: Walk,
): Record<string, unknown> | null => {
  if (!canSpend(walk, sizeOf(schemas))) return null
  return Object.assign({}, ...schemas, {
    properties: Object.assign({}, ...schemas.map((schema) => asObject(schema.properties))),
    required: schemas.flatMap((schema) => asArray(schema.required)),
  })
}

const resolveRef = (ref: string, walk: Walk): Record<string, unknown> | null => {
  if (!ref.startsWith('#/') || !canSpend(walk, ref.length)) return null
  let at: unknown = walk.root
  for (const step of ref.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }
  return isObject(at) ? at : null
}

const minimalObject = (schema: Record<string, unknown>, walk: Walk, depth: number) => {
  const properties = asObject(schema.properties)
  const required = asArray(schema.required).filter((name) => typeof name === 'string')
  if (!canSpend(walk, required.length)) return null
  return Object.fromEntries(
    required.map((name) => [name, build(properties[name], walk, depth + 1)]),
  )
}

const minimalArray = (schema: Record<string, unknown>, walk: Walk, depth: number) => {
  const length = Math.min(asCount(schema.minItems), 100)
  if (!canSpend(walk, length)) return null
  return Array.from({ length }, () => build(schema.items, walk, depth + 1))
}

const STRING_FORMATS: Record<string, string> = {
  date: '1970-01-01',
  'date-time': '1970-01-01T00:00:00Z',
  time: '00:00:00Z',
  email: 'demo@example.com',
  uri: 'https://example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
}

const minimalString = (schema: Record<string, unknown>, walk: Walk): string | null => {
  const format = typeof schema.format === 'string' ? STRING_FORMATS[schema.format] : undefined
  const length = Math.min(asCount(schema.minLength), 1_000)
  return format ?? (canSpend(walk, length) ? 'x'.repeat(length) : null)
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
