// The one question that translations ask of a wire value all the time.

export type JsonObject = Record<string, unknown>

/** Whether a parsed value is a plain JSON object. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The objects of a list; anything else gives none. */
export const objectsOf = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : []
