// A message among the output items: text and refusals, each a part with its own beginning and end.
import type { JsonObject } from '../json.ts'
import { type ItemPlace, type OpenItem, openItem } from './item.ts'

export type PartKind = 'output_text' | 'refusal'

export interface MessageItem extends OpenItem {
  readonly type: 'message'
  add(kind: PartKind, delta: string, extra?: { logprobs: JsonObject[] }): void
  /** A source that the text cites, in the form of the Responses API. */
  annotate(annotation: JsonObject): void
}

interface TextPart {
  type: 'output_text'
  text: string
  annotations: JsonObject[]
  logprobs: JsonObject[]
}

type Part = TextPart | { type: 'refusal'; refusal: string }

const emptyPart = (kind: PartKind): Part =>
  kind === 'output_text'
    ? { type: kind, text: '', annotations: [], logprobs: [] }
    : { type: kind, refusal: '' }

export const createMessageItem = (place: ItemPlace): MessageItem => {
  const { emit, id, index } = place
  const content: Part[] = []
  const value = { id, type: 'message', status: 'in_progress', role: 'assistant', content }
  const closeItem = openItem(place, value)
  const tell = (event: string, fields: object): void =>
    emit(`response.${event}`, {
      item_id: id,
      output_index: index,
      content_index: content.length - 1,
      ...fields,
    })
  const closePart = (): void => {
    const part = content.at(-1)
    if (!part) return
    if (part.type === 'refusal') tell('refusal.done', { refusal: part.refusal })
    else tell('output_text.done', { text: part.text, logprobs: part.logprobs })
    tell('content_part.done', { part })
  }
  const partOf = (kind: PartKind): Part => {
    const last = content.at(-1)
    if (last?.type === kind) return last
    closePart()
    const part = emptyPart(kind)
    content.push(part)
    tell('content_part.added', { part })
    return part
  }
  return {
    type: 'message',
    value,
    add: (kind, delta, { logprobs } = { logprobs: [] }) => {
      const part = partOf(kind)
      if (part.type === 'refusal') {
        part.refusal += delta
        return tell('refusal.delta', { delta })
      }
      part.text += delta
      part.logprobs.push(...logprobs)
      if (delta !== '') tell('output_text.delta', { delta, logprobs })
    },
    annotate: (annotation) => {
      const { annotations } = partOf('output_text') as TextPart
      annotations.push(annotation)
      tell('output_text.annotation.added', {
        annotation_index: annotations.length - 1,
        annotation,
      })
    },
    close: (status) => {
      closePart()
      closeItem(status)
    },
  }
}
