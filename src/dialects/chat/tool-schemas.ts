// Schemas of tools as every provider takes them: an object with `properties`, even where there are none.
import { isObject, type JsonObject } from '../json.ts'

/** The same schema where it has that form already. */
export const completeSchema = (parameters: unknown): JsonObject => {
  if (!isObject(parameters)) return { type: 'object', properties: {} }
  const { required, ...rest } = parameters
  const schema = required === null ? rest : parameters
  const isObjectType = schema.type === 'object'
  if (isObjectType && isObject(schema.properties)) return schema
  // A list of types that holds `object` is narrowed: arguments are always one.
  return {
    ...schema,
    type: 'object',
    properties: isObject(schema.properties) ? schema.properties : {},
  }
}
