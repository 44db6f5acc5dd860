// The reasoning that some models show, as the summary of a reasoning item: the form that clients of the Responses API read.
// Thoughts that only their provider can read go into `encrypted_content`, where that was asked for.
import type { JsonObject } from '../json.ts'
import { type CarriedThoughts, mergeThoughts, sealThoughts } from './carried-thoughts.ts'
import { type ItemPlace, type OpenItem, openItem } from './item.ts'

export interface ReasoningItem extends OpenItem {
  readonly type: 'reasoning'
  add(delta: string): void
  carry(thoughts: CarriedThoughts): void
}

export interface ReasoningPlace extends ItemPlace {
  /** Whether the caller wants `encrypted_content`. */
  isSealed: boolean
}

export const createReasoningItem = (place: ReasoningPlace): ReasoningItem => {
  const { emit, id, index, isSealed } = place
  const part = { type: 'summary_text', text: '' }
  const summary: (typeof part)[] = []
  const value: JsonObject = { id, type: 'reasoning', status: 'in_progress', summary }
  let carried: CarriedThoughts = {}
  const closeItem = openItem(place, value)
  const emitSummary = (event: string, fields: object): void =>
    emit(`response.reasoning_summary_${event}`, {
      item_id: id,
      output_index: index,
      summary_index: 0,
      ...fields,
    })
  return {
    type: 'reasoning',
    value,
    add: (delta) => {
      if (summary.length === 0) {
        emitSummary('part.added', { part })
        summary.push(part)
      }
      part.text += delta
      emitSummary('text.delta', { delta })
    },
    carry: (thoughts) => {
      carried = mergeThoughts(carried, thoughts)
    },
    close: (status) => {
      if (summary.length > 0) {
        emitSummary('text.done', { text: part.text })
        emitSummary('part.done', { part })
      }
      const sealed = isSealed ? sealThoughts(carried) : null
      if (sealed !== null) value.encrypted_content = sealed
      closeItem(status)
    },
  }
}
