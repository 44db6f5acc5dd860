// Names of tools as each provider takes them: those that are too long or of other letters are shortened on the way out, the
// same name always to the same other, and restored in the answer.
import { createHash } from 'node:crypto'
import { isObject, type JsonObject, mapSame, objectsOf, textOf, withChanges } from '../json.ts'
import type { ChatBody } from './upstream-request.ts'

export interface NameRule {
  readonly pattern: RegExp
  readonly maxChars: number
}

/** OpenAI and its kin: "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'", at most 64. */
export const OPENAI_NAMES: NameRule = { pattern: /^[a-zA-Z0-9_-]{1,64}$/, maxChars: 64 }
/** Anthropic: "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'". */
export const ANTHROPIC_NAMES: NameRule = { pattern: /^[a-zA-Z0-9_-]{1,128}$/, maxChars: 128 }
/** Gemini: begins with a letter or an underscore; letters, digits, `_`, `.` and `-`; at most 64. */
export const GEMINI_NAMES: NameRule = { pattern: /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/, maxChars: 64 }

const HASH_CHARS = 8

const fitName = (name: string, { pattern, maxChars }: NameRule): string => {
  if (name === '' || pattern.test(name)) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_CHARS)
  const cleaned = name
    .slice(0, maxChars)
    .replace(/[^\w-]/g, '_')
    .replace(/^(?=[^a-zA-Z_])/, '_')
  return `${cleaned.slice(0, maxChars - HASH_CHARS - 1)}_${hash}`
}

/** The names of the tools that a request offers. */
export const namesOfTools = ({ tools, functions }: JsonObject): string[] =>
  [...objectsOf(tools).map((tool) => tool.function), ...objectsOf(functions)]
    .map((fn) => (isObject(fn) ? textOf(fn.name) : ''))
    .filter((name) => name !== '')

type Rename = (name: unknown) => unknown

const renamed = (holder: unknown, rename: Rename): unknown =>
  isObject(holder) ? withChanges(holder, { name: rename(holder.name) }) : holder

const inFunction = (holder: unknown, rename: Rename): unknown =>
  isObject(holder) && isObject(holder.function)
    ? withChanges(holder, { function: renamed(holder.function, rename) })
    : holder

const inChoice = (choice: JsonObject, rename: Rename): unknown => {
  const { allowed_tools: allowed } = choice
  if (!isObject(allowed) || !Array.isArray(allowed.tools)) return inFunction(choice, rename)
  const tools = mapSame(allowed.tools, (tool) => inFunction(tool, rename))
  return withChanges(choice, { allowed_tools: withChanges(allowed, { tools }) })
}

const inMessage = (message: unknown, rename: Rename): unknown => {
  if (!isObject(message)) return message
  const { tool_calls: calls, function_call: call, role } = message
  const isResult = role === 'tool' || role === 'function'
  return withChanges(message, {
    ...(Array.isArray(calls) && {
      tool_calls: mapSame(calls, (entry) => inFunction(entry, rename)),
    }),
    ...(isObject(call) && { function_call: renamed(call, rename) }),
    ...(isResult && textOf(message.name) !== '' && { name: rename(message.name) }),
  })
}

export interface FittedNames {
  body: ChatBody
  /** The caller's names by those sent, where they differ. */
  toolNames: ReadonlyMap<string, string>
}

/** The body with the names of its tools in the provider's form; the same body where none was to be changed. */
export const fitToolNames = (body: ChatBody, rule: NameRule): FittedNames => {
  const toolNames = new Map<string, string>()
  const rename: Rename = (name) => {
    if (typeof name !== 'string') return name
    const fitted = fitName(name, rule)
    if (fitted !== name) toolNames.set(fitted, name)
    return fitted
  }
  const { tools, tool_choice: choice, functions, function_call: call } = body
  const changes: JsonObject = {
    messages: mapSame(body.messages, (message) => inMessage(message, rename)),
    ...(Array.isArray(tools) && { tools: mapSame(tools, (tool) => inFunction(tool, rename)) }),
    ...(isObject(choice) && { tool_choice: inChoice(choice, rename) }),
    ...(Array.isArray(functions) && { functions: mapSame(functions, (fn) => renamed(fn, rename)) }),
    ...(isObject(call) && { function_call: renamed(call, rename) }),
  }
  return { body: withChanges(body, changes) as ChatBody, toolNames }
}
