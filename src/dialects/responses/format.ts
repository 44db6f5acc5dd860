// `text.format` of a Responses request → chat's `response_format`.
import { isObject, type JsonObject, presentFields, refuse, requireText } from '../json.ts'

/** Undefined for plain text, chat's default. @throws RouterError `invalid_request` */
export const toResponseFormat = (format: unknown): JsonObject | undefined => {
  if (format == null) return undefined
  const param = 'text.format'
  if (!isObject(format)) return refuse(param, 'expected an object')
  if (format.type === 'text') return undefined
  if (format.type === 'json_object') return { type: 'json_object' }
  if (format.type !== 'json_schema') {
    return refuse(`${param}.type`, 'expected text, json_object or json_schema')
  }
  const { name, description, schema, strict } = format
  requireText(name, `${param}.name`)
  if (!isObject(schema)) return refuse(`${param}.schema`, 'expected a JSON schema')
  return { type: 'json_schema', json_schema: presentFields({ name, description, schema, strict }) }
}
