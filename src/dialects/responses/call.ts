// A function call among the output items. It is written once its name is known: clients look up the tool by it.
import { isObject, type JsonObject, textOf } from '../json.ts'
import { type ItemPlace, type OpenItem, openItem } from './item.ts'

export interface CallItem extends OpenItem {
  /** Id of the call, '' while none was given. */
  readonly callId: string
  /** An entry of chat's `tool_calls`, whole or a piece. */
  add(call: JsonObject): void
}

type Value = Record<'id' | 'type' | 'status' | 'arguments' | 'call_id' | 'name', string>

/** Begins the item once its name is known, with the arguments that waited for it. */
const announce = (place: ItemPlace, value: Value, held: string): OpenItem['close'] => {
  if (value.call_id === '') value.call_id = value.id.replace(/^fc_/, 'call_')
  const close = openItem(place, value)
  if (held !== '') writeArguments(place, 'delta', { delta: held })
  value.arguments = held
  return close
}

const writeArguments = ({ emit, id, index }: ItemPlace, event: string, fields: object): void =>
  emit(`response.function_call_arguments.${event}`, { item_id: id, output_index: index, ...fields })

export const createCallItem = (place: ItemPlace): CallItem => {
  const type = 'function_call'
  const status = 'in_progress'
  const value: Value = { id: place.id, type, status, arguments: '', call_id: '', name: '' }
  let closeItem: OpenItem['close'] | null = null
  let held = ''
  return {
    value,
    get callId() {
      return value.call_id
    },
    add: (call) => {
      const fn = isObject(call.function) ? call.function : {}
      if (value.call_id === '') value.call_id = textOf(call.id)
      const delta = textOf(fn.arguments)
      if (closeItem === null) {
        held += delta
        value.name += textOf(fn.name)
        if (value.name !== '') closeItem = announce(place, value, held)
        return
      }
      value.arguments += delta
      if (delta !== '') writeArguments(place, 'delta', { delta })
    },
    close: (status) => {
      const close = closeItem ?? announce(place, value, held)
      writeArguments(place, 'done', { name: value.name, arguments: value.arguments })
      close(status)
    },
  }
}
