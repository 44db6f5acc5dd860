// OpenAI's tools and tool_choice → Anthropic's.
import { completeSchema } from '../chat/tool-schemas.ts'
import { isObject, type JsonObject, objectsOf } from '../json.ts'
import { refuseField } from './outbound-refuse.ts'

/** Anthropic refuses a choice of schemas at the top: what any of them takes is offered, what all of them need is needed. */
const flatSchema = (schema: unknown): JsonObject => {
  const { anyOf, oneOf, allOf, ...rest } = isObject(schema) ? schema : ({} as JsonObject)
  const branches = [anyOf, oneOf, allOf].flatMap(objectsOf)
  if (branches.length === 0) return completeSchema(schema)
  const offered = [rest, ...branches].map(({ properties }) =>
    isObject(properties) ? properties : {},
  )
  const needs = branches.map(({ required }) => (Array.isArray(required) ? required : []))
  const shared = needs.reduce((all, some) => all.filter((name) => some.includes(name)))
  const own = Array.isArray(rest.required) ? rest.required : []
  const required = [...new Set([...own, ...(allOf ? needs.flat() : shared)])]
  return completeSchema({
    ...rest,
    properties: Object.assign({}, ...offered.toReversed()),
    ...(required.length > 0 && { required }),
  })
}

const toTool = (tool: unknown, path: string): JsonObject => {
  const fn = isObject(tool) && tool.type === 'function' ? tool.function : null
  if (!isObject(fn)) return refuseField(`${path}.type`, 'is not function, which has no counterpart')
  const { name, description, parameters, strict } = fn
  const breakpoint = (isObject(tool) ? tool.cache_control : null) ?? fn.cache_control
  return {
    name,
    ...(description === undefined || description === null ? {} : { description }),
    input_schema: flatSchema(parameters),
    ...(strict === true ? { strict } : {}),
    ...(isObject(breakpoint) ? { cache_control: breakpoint } : {}),
  }
}

const CHOICES: Record<string, string> = { auto: 'auto', none: 'none', required: 'any' }

const toChoice = (choice: unknown): JsonObject | null => {
  if (choice === undefined || choice === null) return null
  if (typeof choice === 'string' && Object.hasOwn(CHOICES, choice)) return { type: CHOICES[choice] }
  if (!isObject(choice) || !isObject(choice.function)) return refuseField('tool_choice')
  return { type: 'tool', name: choice.function.name }
}

/** `tools` and `tool_choice`, as far as the body has them. @throws RouterError `invalid_request` */
export const toAnthropicTools = (body: JsonObject): JsonObject => {
  const listed = Array.isArray(body.tools) ? body.tools : []
  const tools = listed.map((tool, i) => toTool(tool, `tools[${i}]`))
  const choice = toChoice(body.tool_choice)
  if (tools.length === 0) return {}
  const isSingle = body.parallel_tool_calls === false && choice?.type !== 'none'
  const toolChoice = isSingle
    ? { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true }
    : choice
  return { tools, ...(toolChoice && { tool_choice: toolChoice }) }
}
