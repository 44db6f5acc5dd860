// What the growing output items of one response have in common.
import type { JsonObject } from '../json.ts'

/** Tells the client of an event; its values are written out at once and may change afterwards. */
export type Emit = (type: string, fields: JsonObject) => void

export interface ItemPlace {
  emit: Emit
  id: string
  /** Position in `output`. */
  index: number
}

export interface OpenItem {
  /** The item in its present form. */
  readonly value: JsonObject
  /** Tells that it has ended; `incomplete` where the answer was cut short by a limit. */
  close(status: 'completed' | 'incomplete'): void
}

/** Tells that the item begins, and gives what its end is told with. */
export const openItem = ({ emit, index }: ItemPlace, value: JsonObject): OpenItem['close'] => {
  emit('response.output_item.added', { output_index: index, item: value })
  return (status) => {
    value.status = status
    emit('response.output_item.done', { output_index: index, item: value })
  }
}
