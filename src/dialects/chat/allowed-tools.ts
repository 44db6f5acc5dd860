// A choice among some of the tools (`allowed_tools`), for providers that have no such choice: the others are not offered.
import { isObject, type JsonObject, objectsOf, textOf } from '../json.ts'
import type { ChatBody } from './upstream-request.ts'

const nameOf = ({ function: fn }: JsonObject): string => (isObject(fn) ? textOf(fn.name) : '')

/** The same body where the choice is another. */
export const withoutAllowedTools = (body: ChatBody): ChatBody => {
  const { tool_choice: choice, tools, ...rest } = body
  const allowed = isObject(choice) && choice.type === 'allowed_tools' ? choice.allowed_tools : null
  if (!isObject(allowed)) return body
  const names = new Set(objectsOf(allowed.tools).map(nameOf))
  const offered = objectsOf(tools).filter((tool) => names.has(nameOf(tool)))
  if (offered.length === 0) return rest as ChatBody
  return { ...rest, tools: offered, tool_choice: textOf(allowed.mode) || 'auto' } as ChatBody
}
