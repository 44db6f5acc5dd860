// Gemini's tools and toolConfig → OpenAI's. Tools that Google runs itself are noted.
import { completeSchema } from '../chat/tool-schemas.ts'
import { type JsonObject, objectsOf, presentFields } from '../json.ts'
import { toJsonSchema } from './inbound-json-schema.ts'
import { fieldsOf, type Note } from './inbound-names.ts'

const toFunction = (declaration: JsonObject): JsonObject => {
  const { name, description, parameters, parametersJsonSchema } = fieldsOf(declaration)
  const schema = parametersJsonSchema ?? (parameters ? toJsonSchema(parameters) : undefined)
  return {
    type: 'function',
    function: presentFields({ name, description, parameters: completeSchema(schema) }),
  }
}

const declarationsOf = (tools: unknown, note: Note): JsonObject[] =>
  objectsOf(tools).flatMap((tool, i) => {
    const { functionDeclarations, ...others } = fieldsOf(tool)
    for (const name of Object.keys(presentFields(others))) note(`tools[${i}].${name}`)
    return objectsOf(functionDeclarations).map(toFunction)
  })

const nameOf = (tool: JsonObject): unknown => (tool.function as JsonObject).name

/** `tools` and `tool_choice`, as far as the request has them. */
export const toTools = ({ tools, toolConfig }: JsonObject, note: Note): JsonObject => {
  const functions = declarationsOf(tools, note)
  const { functionCallingConfig, ...others } = fieldsOf(toolConfig)
  for (const name of Object.keys(presentFields(others))) note(`toolConfig.${name}`)
  const { mode = 'AUTO', allowedFunctionNames: allowed } = fieldsOf(functionCallingConfig)
  if (functions.length === 0) return {}
  if (mode === 'NONE') return { tools: functions, tool_choice: 'none' }
  if (mode !== 'ANY') return { tools: functions }
  if (!Array.isArray(allowed) || allowed.length === 0) {
    return { tools: functions, tool_choice: 'required' }
  }
  if (allowed.length === 1) {
    return { tools: functions, tool_choice: { type: 'function', function: { name: allowed[0] } } }
  }
  // OpenAI's list of allowed tools is not taken by every server: the other tools are left out instead.
  const names = new Set<unknown>(allowed)
  return { tools: functions.filter((tool) => names.has(nameOf(tool))), tool_choice: 'required' }
}
