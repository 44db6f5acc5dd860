// tools and tool_choice → Gemini's functionDeclarations and functionCallingConfig. Schemas pass untouched
// (parametersJsonSchema takes JSON Schema; the older `parameters` takes only a part of OpenAPI).

import { completeSchema } from '../chat/tool-schemas.ts'
import type { ChatBody } from '../chat/upstream-request.ts'
import { isObject } from '../json.ts'
import { untranslatable } from './refuse.ts'

/** @throws RouterError `invalid_request` naming a tool or choice that Gemini does not know. */
export const toTools = (body: ChatBody): Record<string, unknown> => {
  const tools = Array.isArray(body.tools) ? body.tools : []
  if (tools.length === 0) return {}
  const config = callingConfig(body.tool_choice, tools.some(isStrict))
  return {
    tools: [{ functionDeclarations: tools.map(declaration) }],
    ...(config && { toolConfig: { functionCallingConfig: config } }),
  }
}

const functionOf = (tool: unknown): Record<string, unknown> | null =>
  isObject(tool) && tool.type === 'function' && isObject(tool.function) ? tool.function : null

const isStrict = (tool: unknown): boolean => functionOf(tool)?.strict === true

const declaration = (tool: unknown, at: number): Record<string, unknown> => {
  const fn = functionOf(tool)
  if (fn === null || typeof fn.name !== 'string') {
    throw untranslatable(`tools[${at}]`, 'is no function tool, the only kind a Gemini model takes')
  }
  const { name, description, parameters } = fn
  return {
    name,
    ...(typeof description === 'string' && { description }),
    ...(isObject(parameters) && { parametersJsonSchema: completeSchema(parameters) }),
  }
}

const callingConfig = (choice: unknown, isStrictAsked: boolean): Record<string, unknown> | null => {
  if (choice === undefined || choice === null || choice === 'auto') {
    return isStrictAsked ? { mode: 'VALIDATED' } : null // calls keep to their schemas, text stays possible
  }
  if (choice === 'none') return { mode: 'NONE' }
  if (choice === 'required') return { mode: 'ANY' }
  if (isObject(choice) && choice.type === 'function' && isObject(choice.function)) {
    return { mode: 'ANY', allowedFunctionNames: [choice.function.name] }
  }
  throw untranslatable('tool_choice', 'is of a form that a Gemini model does not know')
}
