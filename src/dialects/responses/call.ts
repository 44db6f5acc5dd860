// A call among the output items. Its first event is written once its name is known: clients look up the tool by it, and
// the name decides whether it is a function's or a custom tool's.
import { isObject, type JsonObject, textOf } from '../json.ts'
import { createCustomCallItem } from './custom-call.ts'
import { type ItemPlace, type OpenItem, openItem } from './item.ts'
import type { ToolNames, ToolOrigin } from './tool-names.ts'

export interface CallItem extends OpenItem {
  /** Id of the call, '' while it has none. */
  readonly callId: string
  /** An entry of chat's `tool_calls`, whole or a piece. */
  add(call: JsonObject): void
}

interface FunctionCall {
  origin: Pick<ToolOrigin, 'name' | 'namespace'>
  callId: string
  held: string
}

const createFunctionCallItem = (place: ItemPlace, call: FunctionCall): CallItem => {
  const { emit, id, index } = place
  const { name, namespace } = call.origin
  const value = {
    id,
    type: 'function_call',
    status: 'in_progress',
    arguments: '',
    call_id: call.callId || id.replace(/^fc_/, 'call_'),
    name,
    ...(namespace !== null && { namespace }),
  }
  const emitArguments = (event: string, fields: object): void =>
    emit(`response.function_call_arguments.${event}`, {
      item_id: id,
      output_index: index,
      ...fields,
    })
  const closeItem = openItem(place, value)
  const add = (delta: string): void => {
    value.arguments += delta
    if (delta !== '') emitArguments('delta', { delta })
  }
  add(call.held)
  return {
    value,
    callId: value.call_id,
    add: (piece) => add(isObject(piece.function) ? textOf(piece.function.arguments) : ''),
    close: (status) => {
      emitArguments('done', { name: value.name, arguments: value.arguments })
      closeItem(status)
    },
  }
}

export interface CallPlace {
  emit: ItemPlace['emit']
  index: number
  /** With a prefix by its kind. */
  newId: (prefix: string) => string
  names: ToolNames
}

/** A call that has no item yet. */
interface Unnamed {
  name: string
  callId: string
  /** Arguments so far. */
  held: string
}

const namedItem = (place: CallPlace, { name, callId, held }: Unnamed): CallItem => {
  const { emit, index, newId, names } = place
  const origin = names.originOf(name)
  const call = { origin, callId, held }
  return origin.kind === 'custom'
    ? createCustomCallItem({ emit, index, id: newId('ctc') }, { ...call, isPlain: false })
    : createFunctionCallItem({ emit, index, id: newId('fc') }, call)
}

const customItem = (place: CallPlace, callId: string, custom: JsonObject): CallItem => {
  const { emit, index, newId } = place
  const origin = { name: textOf(custom.name), namespace: null }
  const call = { origin, callId, held: textOf(custom.input), isPlain: true }
  return createCustomCallItem({ emit, index, id: newId('ctc') }, call)
}

/** An item that is written from the moment its name is known. */
export const createCallItem = (place: CallPlace): CallItem => {
  let item: CallItem | null = null
  const unnamed: Unnamed = { name: '', callId: '', held: '' }
  const begin = (call: JsonObject): CallItem | null => {
    unnamed.callId ||= textOf(call.id)
    if (isObject(call.custom)) return customItem(place, unnamed.callId, call.custom)
    const fn = isObject(call.function) ? call.function : {}
    unnamed.held += textOf(fn.arguments)
    unnamed.name += textOf(fn.name)
    return unnamed.name === '' ? null : namedItem(place, unnamed)
  }
  return {
    get value() {
      if (item !== null) return item.value
      const { name, callId, held } = unnamed
      const base = { id: place.newId('fc'), type: 'function_call', status: 'in_progress' }
      return { ...base, call_id: callId, name, arguments: held }
    },
    get callId() {
      return item?.callId ?? unnamed.callId
    },
    add: (call) => {
      if (item === null) item = begin(call)
      else item.add(call)
    },
    close: (status) => {
      item ??= namedItem(place, unnamed)
      item.close(status)
    },
  }
}
