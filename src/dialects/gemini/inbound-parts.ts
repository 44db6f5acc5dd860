// Gemini's parts with text and media → OpenAI's content parts. What has no counterpart is noted by its path.
import { type JsonObject, textOf } from '../json.ts'
import { fieldsOf, type Note } from './inbound-names.ts'

const AUDIO_FORMATS: Record<string, string> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/mp3': 'mp3',
  'audio/mpeg': 'mp3',
}

const mediaOf = (blob: JsonObject): JsonObject | null => {
  const { mimeType, data } = blob
  if (typeof mimeType !== 'string' || typeof data !== 'string') return null
  const url = `data:${mimeType};base64,${data}`
  if (mimeType.startsWith('image/')) return { type: 'image_url', image_url: { url } }
  const format = AUDIO_FORMATS[mimeType]
  if (format !== undefined) return { type: 'input_audio', input_audio: { data, format } }
  const filename = textOf(blob.displayName) || 'document.pdf'
  const file = { filename, file_data: url }
  return mimeType === 'application/pdf' ? { type: 'file', file } : null
}

const linkOf = ({ mimeType, fileUri }: JsonObject): JsonObject | null => {
  const isPicture = textOf(mimeType).startsWith('image/') && /^https?:\/\//.test(textOf(fileUri))
  return isPicture ? { type: 'image_url', image_url: { url: fileUri } } : null
}

/** One part of a user's content; null, and noted, where it has no counterpart. `part` is an answer of `fieldsOf`. */
export const toContentPart = (part: JsonObject, path: string, note: Note): JsonObject | null => {
  if (typeof part.text === 'string') return { type: 'text', text: part.text }
  const [field = 'nothing'] = Object.keys(part)
  const translated =
    field === 'inlineData'
      ? mediaOf(fieldsOf(part.inlineData))
      : field === 'fileData'
        ? linkOf(fieldsOf(part.fileData))
        : null
  if (translated === null) note(`${path}.${field}`)
  return translated
}

/** One text is a string, as every server takes it; else the parts. */
export const contentOf = (parts: JsonObject[]): string | JsonObject[] => {
  const [only] = parts
  return parts.length === 1 && typeof only?.text === 'string' ? only.text : parts
}
