// The content of a message item: text and refusals, each a part with its own beginning and end.
import type { JsonObject } from '../json.ts'
import type { ItemPlace } from './item.ts'

export type PartKind = 'output_text' | 'refusal'

export interface MessageContent {
  add(kind: PartKind, delta: string, extra?: { logprobs: JsonObject[] }): void
  /** A source that the text cites, in the form of the Responses API. */
  annotate(annotation: JsonObject): void
  /** Writes the end of the last part. */
  close(): void
  readonly parts: Part[]
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

/** Writes an event about the last part. */
type Write = (event: string, fields: object) => void

const writePartEnd = (write: Write, part: Part): void => {
  if (part.type === 'refusal') write('refusal.done', { refusal: part.refusal })
  else write('output_text.done', { text: part.text, logprobs: part.logprobs })
  write('content_part.done', { part })
}

const addDelta = (
  write: Write,
  part: Part,
  { delta, logprobs }: { delta: string; logprobs: JsonObject[] },
): void => {
  if (part.type === 'refusal') {
    part.refusal += delta
    write('refusal.delta', { delta })
  } else {
    part.text += delta
    part.logprobs.push(...logprobs)
    if (delta !== '') write('output_text.delta', { delta, logprobs })
  }
}

export const createMessageContent = ({ emit, id, index }: ItemPlace): MessageContent => {
  const parts: Part[] = []
  const write: Write = (event, fields) =>
    emit(`response.${event}`, {
      item_id: id,
      output_index: index,
      content_index: parts.length - 1,
      ...fields,
    })
  const close = (): void => {
    const part = parts.at(-1)
    if (part) writePartEnd(write, part)
  }
  const partOf = (kind: PartKind): Part => {
    const last = parts.at(-1)
    if (last?.type === kind) return last
    close()
    const part = emptyPart(kind)
    parts.push(part)
    write('content_part.added', { part })
    return part
  }
  return {
    add: (kind, delta, { logprobs } = { logprobs: [] }) =>
      addDelta(write, partOf(kind), { delta, logprobs }),
    annotate: (annotation) => {
      const { annotations } = partOf('output_text') as TextPart
      annotations.push(annotation)
      write('output_text.annotation.added', {
        annotation_index: annotations.length - 1,
        annotation,
      })
    },
    close,
    parts,
  }
}
