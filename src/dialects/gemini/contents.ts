// messages → Gemini's contents and systemInstruction. Neighbouring messages of one side become one content: Gemini wants
// the answers to parallel calls together.

import { isObject, parseObject } from '../json.ts'
import { takesThinkingLevel } from './generation-config.ts'
import { type GeminiPart, toParts } from './parts.ts'
import { untranslatable } from './refuse.ts'

interface Content {
  role: 'user' | 'model'
  parts: GeminiPart[]
}

export interface Conversation {
  contents: Content[]
  systemInstruction: { parts: GeminiPart[] } | null
}

/** @throws RouterError `invalid_request` naming the message or part that Gemini does not take. */
export const toContents = (messages: readonly unknown[], model: string): Conversation => {
  const contents: Content[] = []
  const system: GeminiPart[] = []
  const callNames = new Map<string, string>()
  const add = (role: Content['role'], parts: GeminiPart[]): void => {
    const last = contents.at(-1)
    if (parts.length === 0) return
    if (last?.role === role) last.parts.push(...parts)
    else contents.push({ role, parts })
  }
  messages.forEach((message, at) => {
    const where = `messages[${at}]`
    if (!isObject(message)) throw untranslatable(where, 'is not an object')
    switch (message.role) {
      case 'system':
      case 'developer':
        system.push(...toParts(message.content, `${where}.content`))
        break
      case 'user':
        add('user', toParts(message.content, `${where}.content`))
        break
      case 'assistant':
        add('model', assistantParts(message, where, { callNames, model }))
        break
      case 'tool':
        add('user', toolAnswer(message, where, callNames))
        break
      default:
        throw untranslatable(`${where}.role`, 'is a role that a Gemini model does not know')
    }
  })
  return { contents, systemInstruction: system.length > 0 ? { parts: system } : null }
}

// Documented by Google for calls that another model made: Gemini 3 refuses unsigned calls otherwise.
const NO_SIGNATURE = 'skip_thought_signature_validator'

const assistantParts = (
  message: Record<string, unknown>,
  where: string,
  { callNames, model }: { callNames: Map<string, string>; model: string },
): GeminiPart[] => {
  for (const field of ['function_call', 'audio']) {
    if (isObject(message[field])) {
      throw untranslatable(`${where}.${field}`, 'cannot be sent to a Gemini model')
    }
  }
  const parts = toParts(message.content, `${where}.content`)
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : []
  calls.forEach((call, at) => {
    const path = `${where}.tool_calls[${at}]`
    const fn = isObject(call) && isObject(call.function) ? call.function : null
    if (!isObject(call) || typeof fn?.name !== 'string') {
      throw untranslatable(path, 'is no function call')
    }
    const written = typeof fn.arguments === 'string' && fn.arguments !== '' ? fn.arguments : '{}'
    const args = parseObject(written)
    if (args === null) throw untranslatable(`${path}.function.arguments`, 'is not a JSON object')
    if (typeof call.id === 'string') callNames.set(call.id, fn.name)
    // Only the first of parallel calls is signed.
    const unsigned = at === 0 && takesThinkingLevel(model) ? NO_SIGNATURE : null
    const thoughtSignature = signatureOf(call) ?? unsigned
    parts.push({
      functionCall: { name: fn.name, args },
      ...(thoughtSignature !== null && { thoughtSignature }),
    })
  })
  return parts
}

// Where Google's own OpenAI endpoint puts it, so that clients made for that one bring it back.
const signatureOf = (call: Record<string, unknown>): string | null => {
  const extra = isObject(call.extra_content) ? call.extra_content.google : null
  const signature = isObject(extra) ? extra.thought_signature : null
  return typeof signature === 'string' ? signature : null
}

const toolAnswer = (
  message: Record<string, unknown>,
  where: string,
  callNames: ReadonlyMap<string, string>,
): GeminiPart[] => {
  const name = callNames.get(String(message.tool_call_id))
  if (name === undefined) {
    throw untranslatable(`${where}.tool_call_id`, 'answers no call of an earlier message')
  }
  const parts = toParts(message.content, `${where}.content`)
  const text = parts.map((part) => part.text ?? '').join('')
  const response = { name, response: parseObject(text) ?? { result: text } }
  // Images of a result stand behind it.
  return [{ functionResponse: response }, ...parts.filter((part) => part.text === undefined)]
}
