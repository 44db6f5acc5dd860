// Anthropic's tools and tool_choice → OpenAI's. Tools that Anthropic runs itself, or whose use its models are trained in,
// have a dated type and no schema: they are noted, as is every option that OpenAI lacks.

import { completeSchema } from '../chat/tool-schemas.ts'
import { isObject, type JsonObject, objectsOf } from '../json.ts'
import type { Note } from './inbound-content.ts'

// cache_control and eager_input_streaming change what an answer costs and when it comes, not what it is.
const KNOWN = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
  'eager_input_streaming',
])

const isCustom = ({ type }: JsonObject): boolean =>
  type === undefined || type === null || type === 'custom'

const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false

const toFunction = (tool: JsonObject, path: string, note: Note): JsonObject[] => {
  if (!isCustom(tool)) {
    note(`${path} (${String(tool.type)})`)
    return []
  }
  for (const [key, value] of Object.entries(tool)) {
    if (!KNOWN.has(key) && isGiven(value)) note(`${path}.${key}`)
  }
  const { name, description, input_schema: parameters, strict, cache_control: breakpoint } = tool
  const described = typeof description === 'string' ? { description } : {}
  const isStrict = typeof strict === 'boolean' ? { strict } : {}
  const fn = { name, ...described, parameters: completeSchema(parameters), ...isStrict }
  return [{ type: 'function', function: fn, ...(breakpoint ? { cache_control: breakpoint } : {}) }]
}

const choiceOf = (choice: JsonObject, note: Note): unknown => {
  if (choice.type === 'any') return 'required'
  if (choice.type === 'tool') return { type: 'function', function: { name: choice.name } }
  if (choice.type === 'auto' || choice.type === 'none') return choice.type
  note(`tool_choice.type (${String(choice.type)})`)
  return undefined
}

/** `tools`, `tool_choice` and `parallel_tool_calls`, as far as the request has them. */
export const toTools = (
  { tools, tool_choice: choice }: { tools?: unknown; tool_choice?: unknown },
  note: Note,
): JsonObject => {
  const functions = objectsOf(tools).flatMap((tool, i) => toFunction(tool, `tools[${i}]`, note))
  const body: JsonObject = functions.length > 0 ? { tools: functions } : {}
  if (!isObject(choice)) return body
  body.tool_choice = choiceOf(choice, note)
  // OpenAI refuses it where there are no tools.
  const isSingle = choice.disable_parallel_tool_use === true && functions.length > 0
  return isSingle ? { ...body, parallel_tool_calls: false } : body
}
