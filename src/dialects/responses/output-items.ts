// The output items of one response. A message or reasoning item is open until something else begins; calls are open to the
// end, because parallel calls may come interleaved.
import { type JsonObject, textOf } from '../json.ts'
import { type CallItem, createCallItem } from './call.ts'
import type { Emit } from './event-log.ts'
import { createImageItem } from './image.ts'
import type { ItemPlace, OpenItem } from './item.ts'
import { createMessageItem, type MessageItem } from './message.ts'
import { createReasoningItem, type ReasoningItem } from './reasoning.ts'
import type { ToolNames } from './tool-names.ts'

export interface OutputItemsOptions {
  emit: Emit
  newId: () => string
  names: ToolNames
  /** Whether reasoning items carry `encrypted_content`. */
  isSealed: boolean
}

export interface OutputItems {
  /** The open message, which may be a new one. */
  message(): MessageItem
  /** The open reasoning item, which may be a new one. */
  reasoning(): ReasoningItem
  /** The item of an entry of chat's `tool_calls`, which may be a new one. */
  call(entry: JsonObject): CallItem
  /** An image, whole, in base64. */
  image(data: string): void
  close(status: 'completed' | 'incomplete'): void
  readonly items: readonly OpenItem[]
}

export const createOutputItems = (options: OutputItemsOptions): OutputItems => {
  const { emit, names, isSealed } = options
  const items: OpenItem[] = []
  /** The newest call of each index. */
  const newest = new Map<unknown, CallItem>()
  const calls: CallItem[] = []
  let open: MessageItem | ReasoningItem | null = null

  const newId = (prefix: string): string => `${prefix}_${options.newId()}`
  const closeOpen = (status: 'completed' | 'incomplete' = 'completed'): void => {
    open?.close(status)
    open = null
  }
  const add = <T extends OpenItem>(create: (place: ItemPlace) => T, prefix: string): T => {
    closeOpen()
    const item = create({ emit, id: newId(prefix), index: items.length })
    items.push(item)
    return item
  }
  const opened = <T extends MessageItem | ReasoningItem>(item: T): T => {
    open = item
    return item
  }
  return {
    message: () => (open?.type === 'message' ? open : opened(add(createMessageItem, 'msg'))),
    reasoning: () =>
      open?.type === 'reasoning'
        ? open
        : opened(add((place) => createReasoningItem({ ...place, isSealed }), 'rs')),
    call: ({ index: key, id }) => {
      const known = newest.get(key)
      // Some servers give every parallel call the same index, or none; a new id is a new call.
      if (known && (!textOf(id) || known.callId === id)) return known
      closeOpen()
      const item = createCallItem({ emit, index: items.length, newId, names })
      items.push(item)
      calls.push(item)
      newest.set(key, item)
      return item
    },
    image: (data) => {
      add((place) => createImageItem(place, data), 'ig')
    },
    close: (status) => {
      closeOpen(status)
      for (const call of calls) call.close(status)
    },
    items,
  }
}
