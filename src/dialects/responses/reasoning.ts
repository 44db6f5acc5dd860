// The reasoning that some models show, as the summary of a reasoning item: the form that clients of the Responses API read.
import { type ItemPlace, type OpenItem, openItem } from './item.ts'

export interface ReasoningItem extends OpenItem {
  readonly type: 'reasoning'
  add(delta: string): void
}

export const createReasoningItem = (place: ItemPlace): ReasoningItem => {
  const { emit, id, index } = place
  const part = { type: 'summary_text', text: '' }
  const summary: (typeof part)[] = []
  const value = { id, type: 'reasoning', status: 'in_progress', summary }
  const closeItem = openItem(place, value)
  const tell = (event: string, fields: object): void =>
    emit(`response.reasoning_summary_${event}`, {
      item_id: id,
      output_index: index,
      summary_index: 0,
      ...fields,
    })
  tell('part.added', { part })
  summary.push(part)
  return {
    type: 'reasoning',
    value,
    add: (delta) => {
      part.text += delta
      tell('text.delta', { delta })
    },
    close: (status) => {
      tell('text.done', { text: part.text })
      tell('part.done', { part })
      closeItem(status)
    },
  }
}
