// The common base of the growing output items of one response.
import type { JsonObject } from '../json.ts'
import type { Emit } from './event-log.ts'

export interface ItemPlace {
  emit: Emit
  id: string
  /** Position in `output`. */
  index: number
}

export interface OpenItem {
  /** The item in its present form. */
  readonly value: JsonObject
  /** Writes its end; `incomplete` where the answer was cut short by a limit. */
  close(status: 'completed' | 'incomplete'): void
}

/** Writes the item's start; the function returned writes its end. */
export const openItem = ({ emit, index }: ItemPlace, value: JsonObject): OpenItem['close'] => {
  emit('response.output_item.added', { output_index: index, item: value })
  return (status) => {
    value.status = status
    emit('response.output_item.done', { output_index: index, item: value })
  }
}
