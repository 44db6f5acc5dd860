// Gemini's contents → OpenAI's messages. The parts of one content become one message, but for function responses, which
// OpenAI wants in a message each, ahead of the rest of their content.
import { isObject, type JsonObject, objectsOf } from '../json.ts'
import { type CallIds, createCallIds } from './inbound-calls.ts'
import { fieldsOf, type Note } from './inbound-names.ts'
import { contentOf, toContentPart } from './inbound-parts.ts'

/** Thoughts are the model's own; only their signature goes back, with the call that it belongs to. */
const isThought = ({ thought }: JsonObject): boolean => thought === true

const withoutSignature = ({ thoughtSignature: _, thought: __, ...part }: JsonObject): JsonObject =>
  part

interface Reading {
  ids: CallIds
  note: Note
  path: string
}

const modelMessage = (parts: JsonObject[], { ids, note, path }: Reading): JsonObject[] => {
  const calls: JsonObject[] = []
  const texts: JsonObject[] = []
  for (const [i, part] of parts.entries()) {
    if (isThought(part)) continue
    const at = `${path}.parts[${i}]`
    if (isObject(part.functionCall)) calls.push(ids.call(part, at))
    else if (typeof part.text === 'string') texts.push({ type: 'text', text: part.text })
    // An empty part carries a signature alone.
    else if (Object.keys(withoutSignature(part)).length > 0) note(`${at}.${Object.keys(part)[0]}`)
  }
  if (texts.length === 0 && calls.length === 0) return []
  const content = texts.map(({ text }) => text).join('')
  const tool_calls = calls.length > 0 ? { tool_calls: calls } : {}
  return [{ role: 'assistant', content: content === '' ? null : content, ...tool_calls }]
}

const userMessages = (parts: JsonObject[], { ids, note, path }: Reading): JsonObject[] => {
  const answers: JsonObject[] = []
  const ownParts: JsonObject[] = []
  for (const [i, received] of parts.entries()) {
    const at = `${path}.parts[${i}]`
    const part = withoutSignature(received)
    if (isObject(part.functionResponse)) {
      if (objectsOf(part.functionResponse.parts).length > 0) note(`${at}.functionResponse.parts`)
      answers.push(ids.answer(part, at))
      continue
    }
    const made = toContentPart(part, at, note)
    if (made !== null) ownParts.push(made)
  }
  return ownParts.length === 0
    ? answers
    : [...answers, { role: 'user', content: contentOf(ownParts) }]
}

const systemMessage = (instruction: unknown, note: Note): JsonObject[] => {
  const parts = objectsOf(fieldsOf(instruction).parts)
  const texts = parts.map(({ text }) => text).filter((text) => typeof text === 'string')
  if (texts.length < parts.length) note('systemInstruction.parts (other than text)')
  return texts.length > 0 ? [{ role: 'system', content: texts.join('\n') }] : []
}

/** `contents` has passed its schema. @throws RouterError `invalid_request` for a response that answers no call */
export const toMessages = (
  { contents, systemInstruction }: JsonObject,
  note: Note,
): JsonObject[] => {
  const ids = createCallIds()
  return [
    ...systemMessage(systemInstruction, note),
    ...objectsOf(contents).flatMap((content, i) => {
      const reading = { ids, note, path: `contents[${i}]` }
      const parts = objectsOf(content.parts).map(fieldsOf)
      return content.role === 'model' ? modelMessage(parts, reading) : userMessages(parts, reading)
    }),
  ]
}
