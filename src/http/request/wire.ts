// Facts as JSON, derived from the schema of the facts: names in snake_case, times (`…AtMs`, `sinceMs`) in ISO 8601, and null for
// a figure that is no number. Names inside records are data (routes, figures) and stay as they are.
import { z } from 'zod'

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'

/** `recallAt10` → `recall_at_10`. */
type SnakeCase<
  S extends string,
  Previous extends string = '',
> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Digit
      ? Previous extends Digit
        ? ''
        : '_'
      : Head extends Lowercase<Head>
        ? ''
        : '_'}${Lowercase<Head>}${SnakeCase<Tail, Head>}`
  : ''

type Time<K> = K extends 'atMs'
  ? 'at'
  : K extends `${infer Name}AtMs`
    ? `${Name}At`
    : K extends 'sinceMs'
      ? 'since'
      : never

type WireName<K> = K extends string ? SnakeCase<[Time<K>] extends [never] ? K : Time<K>> : never

/** How facts of type `T` read as JSON. */
export type WireOf<T> = T extends readonly (infer E)[]
  ? WireOf<E>[]
  : T extends object
    ? string extends keyof T
      ? Record<string, WireOf<T[keyof T]>>
      : {
          [K in keyof T as WireName<K>]: [Time<K>] extends [never]
            ? WireOf<T[K]>
            : string | Extract<T[K], null>
        }
    : T

const TIME = /^(?:at|since|[a-z][A-Za-z]*At)Ms$/

const wireName = (name: string): string =>
  (TIME.test(name) ? name.slice(0, -2) : name).replace(
    /[A-Z]|\d+/g,
    (part) => `_${part.toLowerCase()}`,
  )

const unwrapped = (schema: unknown): z.ZodType | null => {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return schema.unwrap() as z.ZodType
  }
  return schema instanceof z.ZodPipe ? (schema.in as z.ZodType) : null
}

const fieldsOf = ({ shape }: z.ZodObject): [string, z.ZodType][] =>
  Object.entries(shape) as [string, z.ZodType][]

const wireTime = (schema: z.ZodType): z.ZodType => {
  const time = z.iso.datetime()
  return schema instanceof z.ZodNullable ? time.nullable() : time
}

const derived = (schema: z.ZodType): z.ZodType => {
  if (schema instanceof z.ZodObject) {
    const fields = fieldsOf(schema).map(([name, field]) => [
      wireName(name),
      TIME.test(name) ? wireTime(field) : wireSchema(field),
    ])
    return z.strictObject(Object.fromEntries(fields) as Record<string, z.ZodType>)
  }
  if (schema instanceof z.ZodArray) return z.array(wireSchema(schema.element as z.ZodType))
  if (schema instanceof z.ZodRecord) {
    return z.record(z.string(), wireSchema(schema.valueType as z.ZodType))
  }
  const inner = unwrapped(schema)
  if (inner === null) return schema
  return schema instanceof z.ZodNullable ? wireSchema(inner).nullable() : wireSchema(inner)
}

/** With the description that the schema of the facts has. */
const wireSchema = (schema: z.ZodType): z.ZodType => {
  const { description } = schema
  const wire = derived(schema)
  return description === undefined || wire === schema ? wire : wire.describe(description)
}

const iso = (value: unknown): string | null =>
  typeof value === 'number' ? new Date(value).toISOString() : null

const encode = (schema: z.ZodType, value: unknown): unknown => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (value === null || typeof value !== 'object') return value
  if (schema instanceof z.ZodObject) {
    const facts = value as Record<string, unknown>
    const fields = fieldsOf(schema).map(([name, field]) => [
      wireName(name),
      TIME.test(name) ? iso(facts[name]) : encode(field, facts[name]),
    ])
    return Object.fromEntries(fields)
  }
  if (schema instanceof z.ZodArray) {
    const element = schema.element as z.ZodType
    return (value as unknown[]).map((item) => encode(element, item))
  }
  if (schema instanceof z.ZodRecord) {
    const valueType = schema.valueType as z.ZodType
    const entries = Object.entries(value).map(([name, item]) => [name, encode(valueType, item)])
    return Object.fromEntries(entries)
  }
  const inner = unwrapped(schema)
  return inner === null ? value : encode(inner, value)
}

export interface Wire<F extends z.ZodType> {
  /** What `toWire` gives: for OpenAPI, and for whoever reads it. */
  schema: z.ZodType<WireOf<z.input<F>>>
  /** Fields that the schema of the facts does not name are left out. */
  toWire(facts: z.output<F>): WireOf<z.input<F>>
}

export const createWire = <F extends z.ZodType>(facts: F): Wire<F> => ({
  schema: wireSchema(facts) as Wire<F>['schema'],
  toWire: (value) => encode(facts, value) as WireOf<z.input<F>>,
})
