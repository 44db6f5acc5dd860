// A value of a schema in which every free text is markup that names its own place: a field that is added is in it by itself.
import type { z } from 'zod'
import { markup } from './hostile-decision.ts'

interface Definition {
  type: string
  shape?: Record<string, z.ZodType>
  element?: z.ZodType
  innerType?: z.ZodType
  in?: z.ZodType
  valueType?: z.ZodType
  entries?: Record<string, string>
  values?: unknown[]
  options?: z.ZodType[]
}

const MAKERS: Record<string, (of: Definition, path: string) => unknown> = {
  object: ({ shape = {} }, path) =>
    Object.fromEntries(
      Object.entries(shape).map(([name, of]) => [name, hostileValue(of, `${path}.${name}`)]),
    ),
  array: ({ element }, path) => [hostileValue(element as z.ZodType, path)],
  record: ({ valueType }, path) => ({
    [markup(`${path} key`)]: hostileValue(valueType as z.ZodType, path),
  }),
  nullable: ({ innerType }, path) => hostileValue(innerType as z.ZodType, path),
  optional: ({ innerType }, path) => hostileValue(innerType as z.ZodType, path),
  default: ({ innerType }, path) => hostileValue(innerType as z.ZodType, path),
  pipe: (of, path) => hostileValue(of.in as z.ZodType, path),
  enum: ({ entries = {} }) => Object.values(entries)[0],
  literal: ({ values = [] }) => values[0],
  number: () => 1,
  boolean: () => true,
  string: (_, path) => markup(path),
}

/** @throws where the schema has a type that nobody has thought of here */
export const hostileValue = (schema: z.ZodType, path: string): unknown => {
  const of = schema.def as unknown as Definition
  const make = MAKERS[of.type]
  if (make === undefined) throw new Error(`${path} is a ${of.type}: say here what it may hold.`)
  return make(of, path)
}
