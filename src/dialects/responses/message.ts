// A message among the output items.
import { type ItemPlace, type OpenItem, openItem } from './item.ts'
import { createMessageContent, type MessageContent } from './message-content.ts'

export interface MessageItem extends OpenItem, Pick<MessageContent, 'add' | 'annotate'> {
  readonly type: 'message'
}

export const createMessageItem = (place: ItemPlace): MessageItem => {
  const { add, annotate, close, parts } = createMessageContent(place)
  const type = 'message'
  const value = { id: place.id, type, status: 'in_progress', role: 'assistant', content: parts }
  const closeItem = openItem(place, value)
  return {
    type,
    value,
    add,
    annotate,
    close: (status) => {
      close()
      closeItem(status)
    },
  }
}
