// Content of Responses items → content of chat messages. Text parts alone become one string where there is one of them,
// because many servers that speak chat take parts from users only.
import { isObject, type JsonObject, presentFields, refuse, requireText } from '../json.ts'
import type { Notes } from './notes.ts'

type Translate = (part: JsonObject, param: string, notes: Notes) => JsonObject

const text: Translate = (part, param) => ({
  type: 'text',
  text: requireText(part.text, `${param}.text`),
  ...(isObject(part.cache_control) && { cache_control: part.cache_control }),
})

/** Stands for a part that only a provider of this dialect can read. */
const untranslatable = (notes: Notes, param: string): JsonObject => {
  notes.untranslatable.push(param)
  return { type: 'text', text: '' }
}

const image: Translate = (part, param, notes) => {
  if (part.file_id != null) return untranslatable(notes, `${param}.file_id`)
  const url = requireText(part.image_url, `${param}.image_url`)
  return { type: 'image_url', image_url: presentFields({ url, detail: part.detail }) }
}

const file: Translate = (part, param, notes) => {
  if (part.file_url != null) return untranslatable(notes, `${param}.file_url`)
  if (part.file_id != null) return untranslatable(notes, `${param}.file_id`)
  const file_data = requireText(part.file_data, `${param}.file_data`)
  return { type: 'file', file: presentFields({ file_data, filename: part.filename }) }
}

const audio: Translate = (part, param) =>
  isObject(part.input_audio)
    ? { type: 'input_audio', input_audio: part.input_audio }
    : refuse(`${param}.input_audio`, 'expected an object')

const refusal: Translate = (part, param) => ({
  type: 'refusal',
  refusal: requireText(part.refusal, `${param}.refusal`),
})

const INPUT: Record<string, Translate> = {
  input_text: text,
  text,
  output_text: text, // of clients that send an answer on as a question
  input_image: image,
  input_file: file,
  input_audio: audio,
}
const OUTPUT: Record<string, Translate> = { output_text: text, input_text: text, text, refusal }
const TOOL_OUTPUT: Record<string, Translate> = {
  input_text: text,
  output_text: text,
  text,
  input_image: image,
  input_file: file,
}

const KINDS = { input: INPUT, output: OUTPUT, tool: TOOL_OUTPUT }

interface Place {
  kind: keyof typeof KINDS
  param: string
  notes: Notes
}

const toParts = (content: unknown[], { kind, param, notes }: Place): JsonObject[] =>
  content.map((part, i) => {
    const at = `${param}[${i}]`
    if (!isObject(part)) return refuse(at, 'expected an object')
    const { type } = part
    const kinds = KINDS[kind]
    const translate = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : null
    return translate ? translate(part, at, notes) : untranslatable(notes, `${at}.type`)
  })

/**
 * A string as it is; parts as chat parts. A part that has no chat form is noted.
 * @throws RouterError `invalid_request` naming the part that is not of the documented form
 */
export const toChatContent = (content: unknown, place: Place): string | JsonObject[] => {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return refuse(place.param, 'expected a string or an array of parts')
  const parts = toParts(content, place)
  const [only] = parts
  const isPlain = parts.length === 1 && typeof only?.text === 'string' && !only.cache_control
  return isPlain ? String(only.text) : parts
}
