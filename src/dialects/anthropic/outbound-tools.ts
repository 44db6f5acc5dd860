// OpenAI's tools and tool_choice → Anthropic's.
import { isObject, type JsonObject } from '../json.ts'
import { refuseField } from './outbound-refuse.ts'

const NO_PARAMETERS = { type: 'object', properties: {} }

const toTool = (tool: unknown, path: string): JsonObject => {
  const fn = isObject(tool) && tool.type === 'function' ? tool.function : null
  if (!isObject(fn)) return refuseField(`${path}.type`, 'is not function, which has no counterpart')
  const { name, description, parameters, strict } = fn
  return {
    name,
    ...(description === undefined || description === null ? {} : { description }),
    input_schema: parameters ?? NO_PARAMETERS,
    ...(strict === true ? { strict } : {}),
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
  const given = Array.isArray(body.tools) ? body.tools : []
  const tools = given.map((tool, i) => toTool(tool, `tools[${i}]`))
  const choice = toChoice(body.tool_choice)
  if (tools.length === 0) return {}
  const isSingle = body.parallel_tool_calls === false && choice?.type !== 'none'
  const told = isSingle
    ? { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true }
    : choice
  return { tools, ...(told && { tool_choice: told }) }
}
