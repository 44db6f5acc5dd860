// The chunk that nearly all chunks of a stream are: a piece of one choice's text in OpenAI's own form. Seen at once, it needs none of
// the steps by which other forms are read and normalised.
import { isObject, type JsonObject } from '../json.ts'

/** Whether the delta has a role and a text at most. */
const isPlainDelta = (delta: JsonObject): boolean => {
  for (const key in delta) {
    if (key !== 'content' && key !== 'role') return false
  }
  const { content } = delta
  return content === undefined || content === null || typeof content === 'string'
}

/** The text of such a chunk, '' where it only begins; null for any other chunk. */
export const plainTextOf = ({ choices, usage, x_groq: groq }: JsonObject): string | null => {
  if (!Array.isArray(choices) || choices.length !== 1 || groq !== undefined) return null
  const [choice] = choices
  if ((usage !== undefined && usage !== null) || !isObject(choice)) return null
  const { delta, finish_reason: reason } = choice
  const isOpen = (reason === undefined || reason === null) && choice.usage === undefined
  if (!isOpen || !isObject(delta) || !isPlainDelta(delta)) return null
  return typeof delta.content === 'string' ? delta.content : ''
}
