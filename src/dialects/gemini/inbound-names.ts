// Google's APIs take field names in camelCase and in snake_case: both become camelCase here.
import { isObject, type JsonObject } from '../json.ts'

const camel = (name: string): string =>
  name.includes('_') ? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : name

/** The fields of one object, with camelCase names; nested objects keep theirs. Anything but an object has no fields. */
export const fieldsOf = (value: unknown): JsonObject =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, field]) => [camel(name), field]))
    : {}

/** Takes the path of a field that only Gemini's own API takes. */
export type Note = (field: string) => void
