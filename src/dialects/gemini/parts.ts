// One message's content → Gemini parts. Media must come in the request itself: an address is not fetched for the caller
// (it could lead into the router's own network), and Gemini fetches only from Google's storage.
import { isObject } from '../json.ts'
import { untranslatable } from './refuse.ts'

export interface GeminiPart {
  text?: string
  inlineData?: { mimeType: string; data: string }
  functionCall?: { name: string; args: Record<string, unknown> }
  functionResponse?: { name: string; response: Record<string, unknown> }
  thoughtSignature?: string
}

/** @throws RouterError `invalid_request` naming the part that Gemini does not take. */
export const toParts = (content: unknown, where: string): GeminiPart[] => {
  if (content === null || content === undefined || content === '') return []
  if (typeof content === 'string') return [{ text: content }]
  if (!Array.isArray(content)) throw untranslatable(where, 'is neither text nor a list of parts')
  return content.map((part, at) => toPart(part, `${where}[${at}]`))
}

const toPart = (part: unknown, where: string): GeminiPart => {
  const fields = isObject(part) ? part : {}
  switch (fields.type) {
    case 'text':
      return { text: String(fields.text ?? '') }
    case 'refusal':
      return { text: String(fields.refusal ?? '') }
    case 'image_url': {
      const image = isObject(fields.image_url) ? fields.image_url.url : fields.image_url
      return inline(image, `${where}.image_url`)
    }
    case 'input_audio':
      return audio(fields.input_audio, `${where}.input_audio`)
    case 'file':
      return inline(isObject(fields.file) ? fields.file.file_data : null, `${where}.file`)
    default:
      throw untranslatable(where, 'is of a type that a Gemini model cannot be given')
  }
}

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)[^,]{0,200};base64,/
const DATA_URL_HEAD_CHARS = 500

const inline = (url: unknown, where: string): GeminiPart => {
  // Only the head is matched: the data behind it may be megabytes, and the type's name could end anywhere in it.
  const match = typeof url === 'string' ? DATA_URL.exec(url.slice(0, DATA_URL_HEAD_CHARS)) : null
  if (!match?.[1] || typeof url !== 'string') {
    throw untranslatable(where, 'must be a base64 data: URL for a Gemini model')
  }
  return { inlineData: { mimeType: match[1], data: url.slice(match[0].length) } }
}

const AUDIO_TYPES: Record<string, string> = { wav: 'audio/wav', mp3: 'audio/mp3' }

const audio = (input: unknown, where: string): GeminiPart => {
  const { data, format } = isObject(input) ? input : {}
  const mimeType = AUDIO_TYPES[String(format)]
  if (mimeType === undefined || typeof data !== 'string') {
    throw untranslatable(where, 'must be base64 wav or mp3')
  }
  return { inlineData: { mimeType, data } }
}
