// A function call among the output items. Told of once its name is known: clients look up the tool by it.
import { isObject, type JsonObject, textOf } from '../json.ts'
import { type ItemPlace, type OpenItem, openItem } from './item.ts'

export interface CallItem extends OpenItem {
  /** Id of the call, '' while none was given. */
  readonly callId: string
  /** An entry of chat's `tool_calls`, whole or a piece. */
  add(call: JsonObject): void
}

export const createCallItem = (place: ItemPlace): CallItem => {
  const { emit, id, index } = place
  const value = {
    id,
    type: 'function_call',
    status: 'in_progress',
    arguments: '',
    call_id: '',
    name: '',
  }
  let closeItem: OpenItem['close'] | null = null
  let held = ''
  const tell = (event: string, fields: object): void =>
    emit(`response.function_call_arguments.${event}`, {
      item_id: id,
      output_index: index,
      ...fields,
    })
  const announce = (): OpenItem['close'] => {
    if (value.call_id === '') value.call_id = id.replace(/^fc_/, 'call_')
    const close = openItem(place, value)
    if (held !== '') tell('delta', { delta: held })
    value.arguments = held
    return close
  }
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
        if (value.name !== '') closeItem = announce()
        return
      }
      value.arguments += delta
      if (delta !== '') tell('delta', { delta })
    },
    close: (status) => {
      const close = closeItem ?? announce()
      tell('done', { name: value.name, arguments: value.arguments })
      close(status)
    },
  }
}
