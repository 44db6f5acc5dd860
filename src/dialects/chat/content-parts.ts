// Content that a provider gives as a list of parts (Mistral's reasoning models and their kin) → the text and the thoughts
// that every dialect here can tell.
import { isObject, textOf } from '../json.ts'

export interface SaidParts {
  text: string
  thoughts: string
  refusal: string
  /** Parts that are neither, e.g. images. */
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

const add = (said: SaidParts, part: unknown): void => {
  const { type, thought } = isObject(part) ? part : { type: 'text', thought: false }
  if (THOUGHTS.has(type) || thought === true) {
    const inner = isObject(part) ? (part.thinking ?? part.reasoning ?? part) : part
    said.thoughts += textIn(inner)
  } else if (isObject(part) && type === 'refusal') said.refusal += textOf(part.refusal)
  else if (typeof part === 'string' || (isObject(part) && textIn(part) !== '')) {
    said.text += textIn(part)
  } else if (isObject(part) && type !== 'text' && type !== 'output_text') said.others.push(part)
}

export const readParts = (content: readonly unknown[]): SaidParts => {
  const said: SaidParts = { text: '', thoughts: '', refusal: '', others: [] }
  for (const part of content) add(said, part)
  return said
}
