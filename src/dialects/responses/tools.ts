// Tools and tool_choice of a Responses request → their chat forms. Functions stay functions, out of their namespaces; a
// custom tool becomes a function of one text. Tools that run at OpenAI, or in whose use its models are trained, are left
// out with a note; where one is forced, only a provider of this dialect can be asked.
import {
  isObject,
  type JsonObject,
  objectsOf,
  presentFields,
  refuse,
  requireText,
  textOf,
} from '../json.ts'
import { createNotes, type Notes } from './notes.ts'
import { createToolNames, INPUT_FIELD, type ToolNames } from './tool-names.ts'

const HOSTED = new Set([
  ...['apply_patch', 'code_interpreter', 'computer', 'computer_use_preview', 'file_search'],
  ...['image_generation', 'local_shell', 'mcp', 'programmatic_tool_calling', 'shell'],
  ...['tool_search', 'web_search', 'web_search_2025_08_26', 'web_search_preview'],
  'web_search_preview_2025_03_11',
])

export interface ChatTools {
  tools: JsonObject[]
  names: ToolNames
}

interface Context {
  names: ToolNames
  notes: Notes
  namespace: JsonObject | null
}

/** The description of a tool with the one that its namespace shares among its tools. */
const described = (description: unknown, namespace: JsonObject | null): string | undefined => {
  const shared = textOf(namespace?.description)
  const texts = [textOf(description), shared && `Part of ${textOf(namespace?.name)}: ${shared}`]
  return texts.filter((text) => text !== '').join('\n\n') || undefined
}

const nameOf = (
  tool: JsonObject,
  kind: 'function' | 'custom',
  { names, namespace }: Context,
): string =>
  names.add({
    kind,
    name: textOf(tool.name),
    namespace: namespace === null ? null : textOf(namespace.name),
  })

const toFunction = (tool: JsonObject, context: Context): JsonObject => {
  const { description, parameters, strict } = tool
  const name = nameOf(tool, 'function', context)
  if (tool.defer_loading === true) context.notes.dropped.add('tools.defer_loading')
  const fn = { name, description: described(description, context.namespace), parameters, strict }
  return { type: 'function', function: presentFields(fn) }
}

const grammarOf = ({ format }: JsonObject): string => {
  if (!isObject(format) || format.type !== 'grammar') return ''
  const { syntax, definition } = isObject(format.grammar) ? format.grammar : format
  return `The text must follow this ${textOf(syntax)} grammar:\n${textOf(definition)}`
}

const toTextFunction = (tool: JsonObject, context: Context): JsonObject => {
  const name = nameOf(tool, 'custom', context)
  const texts = [described(tool.description, context.namespace) ?? '', grammarOf(tool)]
  const parameters = {
    type: 'object',
    properties: { [INPUT_FIELD]: { type: 'string', description: 'The whole text.' } },
    required: [INPUT_FIELD],
    additionalProperties: false,
  }
  const description = texts.filter((text) => text !== '').join('\n\n')
  return { type: 'function', function: presentFields({ name, description, parameters }) }
}

const toTools = (tool: unknown, param: string, context: Context): JsonObject[] => {
  if (!isObject(tool)) return refuse(param, 'expected an object')
  const { type } = tool
  if (HOSTED.has(textOf(type))) {
    context.notes.dropped.add(`tools.${textOf(type)}`)
    return []
  }
  if (type !== 'function' && type !== 'custom' && type !== 'namespace') {
    context.notes.untranslatable.push(`${param}.type`)
    return []
  }
  requireText(tool.name, `${param}.name`)
  if (type === 'function') return [toFunction(tool, context)]
  if (type === 'custom') return [toTextFunction(tool, context)]
  if (context.namespace !== null) return refuse(`${param}.type`, 'expected function or custom')
  if (!Array.isArray(tool.tools)) return refuse(`${param}.tools`, 'expected an array')
  return tool.tools.flatMap((member, i) =>
    toTools(member, `${param}.tools[${i}]`, { ...context, namespace: tool }),
  )
}

const isNamespace = (tool: unknown): boolean => isObject(tool) && tool.type === 'namespace'

/** @throws RouterError `invalid_request` naming the tool that is not of the documented form */
export const toChatTools = (tools: readonly unknown[], notes: Notes = createNotes()): ChatTools => {
  const names = createToolNames()
  const context = { names, notes, namespace: null }
  // Tools outside of namespaces have their names first.
  const places = [...tools.entries()]
  const flat = places.filter(([, tool]) => !isNamespace(tool))
  const spaced = places.filter(([, tool]) => isNamespace(tool))
  const made = new Map(
    [...flat, ...spaced].map(([i, tool]) => [i, toTools(tool, `tools[${i}]`, context)]),
  )
  return { tools: places.flatMap(([i]) => made.get(i) ?? []), names }
}

interface Choosing extends ChatTools {
  notes: Notes
}

const isNamed = ({ type }: JsonObject): boolean => type === 'function' || type === 'custom'

const named = (choice: JsonObject, param: string, names: ToolNames): JsonObject => {
  const name = requireText(choice.name, `${param}.name`)
  return { type: 'function', function: { name: names.chatName(name, choice.namespace) } }
}

/** Only known types are named in the note: any other is the caller's text. */
const forced = (notes: Notes, choice: JsonObject): undefined => {
  const type = textOf(choice.type)
  notes.untranslatable.push(`tool_choice.type${HOSTED.has(type) ? ` (${type})` : ''}`)
  return undefined
}

const allowed = (choice: JsonObject, { names, notes }: Choosing): unknown => {
  if (!Array.isArray(choice.tools)) return refuse('tool_choice.tools', 'expected an array')
  const listed = choice.tools.flatMap((tool, i) => {
    const param = `tool_choice.tools[${i}]`
    if (!isObject(tool)) return refuse(param, 'expected an object')
    return isNamed(tool) ? [named(tool, param, names)] : []
  })
  const others = objectsOf(choice.tools).filter((tool) => !isNamed(tool))
  if (others.length > 0) notes.dropped.add('tool_choice.tools')
  if (listed.length > 0) {
    return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: listed } }
  }
  return choice.mode === 'required' ? forced(notes, others[0] ?? choice) : 'none'
}

/**
 * Undefined where there is nothing to choose from.
 * @throws RouterError `invalid_request` where it is not of the documented form
 */
export const toChatToolChoice = (choice: unknown, choosing: Choosing): unknown => {
  const { tools, names, notes } = choosing
  if (typeof choice === 'string') {
    if (!['none', 'auto', 'required'].includes(choice)) {
      return refuse('tool_choice', 'expected none, auto, required or an object')
    }
    if (tools.length > 0 || notes.dropped.size === 0) return choice
    if (choice === 'required') notes.untranslatable.push('tool_choice')
    return undefined
  }
  if (!isObject(choice)) return refuse('tool_choice', 'expected a string or an object')
  if (isNamed(choice)) return named(choice, 'tool_choice', names)
  return choice.type === 'allowed_tools' ? allowed(choice, choosing) : forced(notes, choice)
}
