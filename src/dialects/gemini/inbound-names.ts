// Google's APIs take their fields in camelCase and in snake_case: here they are read in the first.
import { isObject, type JsonObject } from '../json.ts'

const camel = (name: string): string =>
  name.includes('_') ? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : name

/** The fields of one object; what lies deeper is left as it is. Nothing given is no fields. */
export const fieldsOf = (value: unknown): JsonObject =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, field]) => [camel(name), field]))
    : {}

/** Takes the path of a field that only Gemini's own API takes. */
export type Note = (field: string) => void
