// Reasoning items of the input → the thoughts of the assistant's turn that they led to.
import { type JsonObject, objectsOf, textOf } from '../json.ts'
import { openThoughts } from './carried-thoughts.ts'
import type { Notes } from './notes.ts'

/** Thoughts stand before the turn that they led to, which carries them to providers that want them back. */
export const addThoughts = (messages: JsonObject[], item: JsonObject, notes: Notes): void => {
  const { summary, content, encrypted_content: sealed } = item
  const texts = objectsOf(content).length > 0 ? objectsOf(content) : objectsOf(summary)
  const thought = texts.map(({ text }) => textOf(text)).join('')
  const carried = openThoughts(sealed)
  if (sealed != null && carried === null) notes.dropped.add('input.reasoning.encrypted_content')
  if (thought === '' && carried === null) return
  const last = messages.at(-1)
  const turn: JsonObject = last?.role === 'assistant' ? last : { role: 'assistant', content: null }
  if (turn !== last) messages.push(turn)
  if (thought !== '') turn.reasoning_content = textOf(turn.reasoning_content) + thought
  Object.assign(turn, carried)
}
