// Anthropic's content blocks → OpenAI's content parts. What has no counterpart is noted by its path, not dropped: only a
// provider of Anthropic's kind can then serve the request.
import { isObject, type JsonObject, objectsOf } from '../json.ts'

/** Takes the path of a field that only Anthropic's own API takes, with a word on it in brackets. */
export type Note = (field: string) => void

export interface TextPart extends JsonObject {
  type: 'text'
  text: string
}

export type Part = TextPart | JsonObject

const text = (value: string): TextPart => ({ type: 'text', text: value })

const mediaUrl = (source: unknown): string | null => {
  if (!isObject(source)) return null
  const { type, url, data, media_type: mediaType } = source
  if (type === 'url' && typeof url === 'string') return url
  const isInline = type === 'base64' && typeof data === 'string' && typeof mediaType === 'string'
  return isInline ? `data:${mediaType};base64,${data}` : null
}

const imageParts = (block: JsonObject, path: string, note: Note): Part[] => {
  const url = mediaUrl(block.source)
  if (url === null) note(`${path}.source (neither base64 nor url)`)
  if (block.transformations) note(`${path}.transformations`)
  return url === null ? [] : [{ type: 'image_url', image_url: { url } }]
}

/** A PDF given inline is OpenAI's `file`; a text document is its text under its title. */
const documentParts = (block: JsonObject, path: string, note: Note): Part[] => {
  const { source, title, context, citations } = block
  if (isObject(citations) && citations.enabled === true) note(`${path}.citations`)
  const heading = [title, context].filter((line) => typeof line === 'string' && line !== '')
  const under = (parts: Part[]): Part[] =>
    heading.length > 0 ? [text(heading.join('\n')), ...parts] : parts
  if (isObject(source)) {
    if (source.type === 'text' && typeof source.data === 'string') return under([text(source.data)])
    if (source.type === 'content') return under(toParts(source.content, `${path}.source`, note))
    if (source.type === 'base64') {
      const filename = typeof title === 'string' && title !== '' ? title : 'document.pdf'
      const file = { type: 'file', file: { filename, file_data: mediaUrl(source) } }
      return typeof context === 'string' ? [text(context), file] : [file]
    }
  }
  note(`${path}.source (a document by reference)`)
  return []
}

/** Where the caller's cache is to end; for providers that take it in parts. */
const withBreakpoint = ({ cache_control: breakpoint }: JsonObject, parts: Part[]): Part[] => {
  const last = parts.at(-1)
  return isObject(breakpoint) && last
    ? [...parts.slice(0, -1), { ...last, cache_control: breakpoint }]
    : parts
}

const blockParts = (block: JsonObject, path: string, note: Note): Part[] =>
  withBreakpoint(block, plainParts(block, path, note))

const plainParts = (block: JsonObject, path: string, note: Note): Part[] => {
  if (block.type === 'text') return [text(String(block.text))]
  if (block.type === 'image') return imageParts(block, path, note)
  if (block.type === 'document') return documentParts(block, path, note)
  note(`${path} (${String(block.type)})`)
  return []
}

/** The parts of a string or of blocks; `path` names them, e.g. `messages[0].content`. */
export const toParts = (content: unknown, path: string, note: Note): Part[] => {
  if (typeof content === 'string') return content === '' ? [] : [text(content)]
  return objectsOf(content).flatMap((block, i) => blockParts(block, `${path}[${i}]`, note))
}

export const isText = (part: Part): part is TextPart => part.type === 'text'

/** One text is a string, as every server takes it; else the parts. */
export const contentOf = (parts: Part[]): string | Part[] => {
  const [only] = parts
  const isPlain = parts.length === 1 && only !== undefined && isText(only) && !only.cache_control
  return isPlain ? only.text : parts
}

/**
 * The texts alone, as parts only where one ends a cache; what is no text is noted. For places where OpenAI takes nothing
 * but text.
 */
export const textOnly = (content: unknown, path: string, note: Note): string | TextPart[] => {
  const parts = toParts(content, path, note)
  if (!parts.every(isText)) note(`${path} (other than text)`)
  const texts = parts.filter(isText)
  const isMarked = texts.some((part) => part.cache_control)
  return isMarked ? texts : texts.map((part) => part.text).join('\n\n')
}
