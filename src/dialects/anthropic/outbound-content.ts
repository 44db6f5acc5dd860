// OpenAI's content parts → Anthropic's blocks.
import { isObject, objectsOf } from '../json.ts'
import { refuseField } from './outbound-refuse.ts'

export type Block = Record<string, unknown> & { type: string }

const DATA_URL = /^data:([^;,]+);base64,/

/** A `data:` URL as a base64 source, any other as a url source. */
const sourceOf = (url: unknown, field: string): Record<string, unknown> => {
  if (typeof url !== 'string') return refuseField(field, 'must be a string')
  const inline = DATA_URL.exec(url)
  if (inline) return { type: 'base64', media_type: inline[1], data: url.slice(inline[0].length) }
  return url.startsWith('data:')
    ? refuseField(field, 'must be base64 where it is a data: URL')
    : { type: 'url', url }
}

const documentOf = (file: unknown, field: string): Block => {
  const { file_data: data, filename } = isObject(file) ? file : {}
  if (typeof data !== 'string') return refuseField(`${field}.file_id`)
  const title = typeof filename === 'string' ? { title: filename } : {}
  return { type: 'document', source: sourceOf(data, `${field}.file_data`), ...title }
}

/** Anthropic refuses empty text blocks. */
export const textBlocks = (text: unknown): Block[] =>
  typeof text === 'string' && text !== '' ? [{ type: 'text', text }] : []

// OpenRouter's and LiteLLM's way to mark what Anthropic is to cache.
const withCacheControl = (block: Block, part: Record<string, unknown>): Block =>
  part.cache_control ? { ...block, cache_control: part.cache_control } : block

const partBlocks = (part: unknown, path: string): Block[] => {
  if (typeof part === 'string') return textBlocks(part)
  if (!isObject(part)) return []
  switch (part.type) {
    case 'text':
      return textBlocks(part.text)
    case 'refusal':
      return textBlocks(part.refusal)
    case 'image_url': {
      const { url } = isObject(part.image_url) ? part.image_url : { url: part.image_url }
      return [{ type: 'image', source: sourceOf(url, `${path}.image_url.url`) }]
    }
    case 'file':
      return [documentOf(part.file, `${path}.file`)]
    default:
      return refuseField(`${path}.${String(part.type)}`)
  }
}

/** A breakpoint that stands beside the content is the last block's. */
export const withBreakpoint = (blocks: Block[], holder: Record<string, unknown>): Block[] => {
  const last = blocks.at(-1)
  const { cache_control: breakpoint } = holder
  return isObject(breakpoint) && last
    ? [...blocks.slice(0, -1), { ...last, cache_control: breakpoint }]
    : blocks
}

/** Thoughts with their signatures, as answers in OpenAI's form bring them to the client and back. */
export const thoughtBlocks = ({ thinking_blocks: blocks }: Record<string, unknown>): Block[] =>
  objectsOf(blocks).flatMap((block): Block[] => {
    const { type, thinking, signature, data } = block
    if (type === 'redacted_thinking' && typeof data === 'string') return [{ type, data }]
    const isSigned = typeof signature === 'string' && signature !== ''
    return type === 'thinking' && isSigned ? [{ type, thinking, signature }] : []
  })

/** Blocks of a string or of parts. @throws RouterError `invalid_request` naming a part without a counterpart */
export const toBlocks = (content: unknown, path: string): Block[] => {
  if (!Array.isArray(content)) return textBlocks(content)
  return content.flatMap((part, i) =>
    partBlocks(part, `${path}[${i}]`).map((block) =>
      isObject(part) ? withCacheControl(block, part) : block,
    ),
  )
}
