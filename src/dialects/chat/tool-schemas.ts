// Schemas of tools as every provider takes them: an object with properties, though it be without any.
import { isObject, type JsonObject } from '../json.ts'

/** The schema itself where it is one already. */
export const completeSchema = (given: unknown): JsonObject => {
  if (!isObject(given)) return { type: 'object', properties: {} }
  const { required, ...rest } = given
  const schema = required === null ? rest : given
  const isObjectType = schema.type === 'object'
  if (isObjectType && isObject(schema.properties)) return schema
  // A list of types that holds `object` is narrowed: arguments are always one.
  return {
    ...schema,
    type: 'object',
    properties: isObject(schema.properties) ? schema.properties : {},
  }
}
