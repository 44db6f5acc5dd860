// A message among the output items.
import { isObject, type JsonObject, textOf } from '../json.ts'
import { type ItemPlace, type OpenItem, openItem } from './item.ts'
import { createMessageContent, type MessageContent } from './message-content.ts'

export interface MessageItem extends OpenItem, Pick<MessageContent, 'add' | 'annotate'> {
  readonly type: 'message'
  /** A piece of spoken audio, or all of it; its transcript is sent as text. */
  speak(audio: JsonObject): void
  /** Whether it is commentary or the final answer, where the provider marks that. */
  setPhase(phase: string): void
}

export const createMessageItem = (place: ItemPlace): MessageItem => {
  const { add, annotate, close, parts } = createMessageContent(place)
  const type = 'message'
  const value: JsonObject = {
    id: place.id,
    type,
    status: 'in_progress',
    role: 'assistant',
    content: parts,
  }
  const closeItem = openItem(place, value)
  return {
    type,
    value,
    add,
    annotate,
    speak: ({ data, transcript, ...rest }) => {
      const known = isObject(value.audio) ? value.audio : {}
      value.audio = { ...known, ...rest, data: textOf(known.data) + textOf(data) }
      if (textOf(data) !== '') place.emit('response.audio.delta', { delta: textOf(data) })
      if (textOf(transcript) !== '') add('output_text', textOf(transcript))
    },
    setPhase: (phase) => {
      value.phase = phase
    },
    close: (status) => {
      close()
      closeItem(status)
    },
  }
}
