// A call of a custom tool among the output items. Chat carries its text within JSON, so it is sent when it is whole.
import { isObject, type JsonObject, textOf } from '../json.ts'
import type { CallItem } from './call.ts'
import { type ItemPlace, openItem } from './item.ts'
import { type ToolOrigin, toInput } from './tool-names.ts'

export interface CustomCall {
  origin: Pick<ToolOrigin, 'name' | 'namespace'>
  callId: string
  /** Input that came before the tool was known. */
  held: string
  /** Whether the text comes as it is, rather than in the arguments of a function. */
  isPlain: boolean
}

export const createCustomCallItem = (place: ItemPlace, call: CustomCall): CallItem => {
  const { emit, id, index } = place
  const { name, namespace } = call.origin
  const value: JsonObject = {
    id,
    type: 'custom_tool_call',
    status: 'in_progress',
    call_id: call.callId || id.replace(/^ctc_/, 'call_'),
    name,
    input: '',
    ...(namespace !== null && { namespace }),
  }
  let written = call.held
  const closeItem = openItem(place, value)
  const emitInput = (event: string, fields: JsonObject): void =>
    emit(`response.custom_tool_call_input.${event}`, {
      item_id: id,
      output_index: index,
      ...fields,
    })
  return {
    value,
    callId: call.callId,
    add: (piece) => {
      const part = call.isPlain ? piece.custom : piece.function
      const { input, arguments: text } = isObject(part) ? part : {}
      written += textOf(call.isPlain ? input : text)
    },
    close: (status) => {
      const input = call.isPlain ? written : toInput(written)
      value.input = input
      if (input !== '') emitInput('delta', { delta: input })
      emitInput('done', { input })
      closeItem(status)
    },
  }
}
