// Tools, tool_choice and text.format of a Responses request → their chat forms. Tools that run at OpenAI are refused by
// name: no other provider has them, and a model that believes it can search answers worse than one that knows it cannot.
import { given, isObject, type JsonObject, refuse, requireText } from '../json.ts'

const NOT_HERE = [
  'apply_patch',
  'code_interpreter',
  'computer',
  'computer_use_preview',
  'custom',
  'file_search',
  'image_generation',
  'local_shell',
  'mcp',
  'namespace',
  'programmatic_tool_calling',
  'shell',
  'tool_search',
  'web_search',
  'web_search_2025_08_26',
  'web_search_preview',
  'web_search_preview_2025_03_11',
]

const refuseTool = (type: unknown, param: string): never =>
  refuse(
    param,
    NOT_HERE.includes(type as string)
      ? `${type} is not supported here; only tools of type function are`
      : 'expected function',
  )

const toChatTool = (tool: unknown, param: string): JsonObject => {
  if (!isObject(tool)) return refuse(param, 'expected an object')
  if (tool.type !== 'function') return refuseTool(tool.type, `${param}.type`)
  const { name, description, parameters, strict } = tool
  requireText(name, `${param}.name`)
  return { type: 'function', function: given({ name, description, parameters, strict }) }
}

/** @throws RouterError `invalid_request` naming the tool that cannot be offered. */
export const toChatTools = (tools: unknown[]): JsonObject[] =>
  tools.map((tool, i) => toChatTool(tool, `tools[${i}]`))

const namedFunction = (choice: JsonObject, param: string): JsonObject => ({
  type: 'function',
  function: { name: requireText(choice.name, `${param}.name`) },
})

const allowedTools = ({ mode, tools }: JsonObject): JsonObject => {
  if (!Array.isArray(tools)) return refuse('tool_choice.tools', 'expected an array')
  const allowed = tools.map((tool, i) => {
    const param = `tool_choice.tools[${i}]`
    if (!isObject(tool)) return refuse(param, 'expected an object')
    return tool.type === 'function'
      ? namedFunction(tool, param)
      : refuseTool(tool.type, `${param}.type`)
  })
  return { type: 'allowed_tools', allowed_tools: { mode, tools: allowed } }
}

/** @throws RouterError `invalid_request` where the choice is of a tool that is not here. */
export const toChatToolChoice = (choice: unknown): unknown => {
  if (typeof choice === 'string') {
    return ['none', 'auto', 'required'].includes(choice)
      ? choice
      : refuse('tool_choice', 'expected none, auto, required or an object')
  }
  if (!isObject(choice)) return refuse('tool_choice', 'expected a string or an object')
  if (choice.type === 'function') return namedFunction(choice, 'tool_choice')
  if (choice.type === 'allowed_tools') return allowedTools(choice)
  return refuseTool(choice.type, 'tool_choice.type')
}

/** `text.format` as `response_format`; undefined for plain text, which is what chat gives unasked. */
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
  return { type: 'json_schema', json_schema: given({ name, description, schema, strict }) }
}
