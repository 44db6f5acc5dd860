// Content that a provider gives as a list of parts (Mistral's reasoning models and their kin) → the text and the thoughts
// that every dialect here can carry.
import { isObject, textOf } from '../json.ts'

export interface SortedParts {
  text: string
  thoughts: string
  refusal: string
  /** Parts of any other kind, e.g. images. */
  others: unknown[]
}

const THOUGHTS = new Set<unknown>(['thinking', 'reasoning', 'reasoning_content', 'thought'])

/** The text in a string, a part or a list of parts. */
const textIn = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textIn).join('')
  return isObject(value)
    ? textIn(value.text ?? value.thinking ?? value.content ?? value.value ?? '')
    : ''
}

const add = (sorted: SortedParts, part: unknown): void => {
  const { type, thought } = isObject(part) ? part : { type: 'text', thought: false }
  if (THOUGHTS.has(type) || thought === true) {
    const inner = isObject(part) ? (part.thinking ?? part.reasoning ?? part) : part
    sorted.thoughts += textIn(inner)
  } else if (isObject(part) && type === 'refusal') sorted.refusal += textOf(part.refusal)
  else if (typeof part === 'string' || (isObject(part) && textIn(part) !== '')) {
    sorted.text += textIn(part)
  } else if (isObject(part) && type !== 'text' && type !== 'output_text') sorted.others.push(part)
}

export const readParts = (content: readonly unknown[]): SortedParts => {
  const sorted: SortedParts = { text: '', thoughts: '', refusal: '', others: [] }
  for (const part of content) add(sorted, part)
  return sorted
}
