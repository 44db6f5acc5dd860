// The output items of one response. A message or reasoning item is open until something else begins; calls are open to the
// end, because parallel calls may come interleaved.
import { type JsonObject, textOf } from '../json.ts'
import { type CallItem, createCallItem } from './call.ts'
import type { Emit } from './event-log.ts'
import type { ItemPlace, OpenItem } from './item.ts'
import { createMessageItem, type MessageItem } from './message.ts'
import { createReasoningItem, type ReasoningItem } from './reasoning.ts'

export interface OutputItems {
  /** The open message, which may be a new one. */
  message(): MessageItem
  /** The open reasoning item, which may be a new one. */
  reasoning(): ReasoningItem
  /** The item of an entry of chat's `tool_calls`, which may be a new one. */
  call(entry: JsonObject): CallItem
  close(status: 'completed' | 'incomplete'): void
  readonly items: readonly OpenItem[]
}

export const createOutputItems = (emit: Emit, newId: () => string): OutputItems => {
  const items: OpenItem[] = []
  /** The newest call of each index. */
  const newest = new Map<unknown, CallItem>()
  const calls: CallItem[] = []
  let open: MessageItem | ReasoningItem | null = null

  const closeOpen = (status: 'completed' | 'incomplete' = 'completed'): void => {
    open?.close(status)
    open = null
  }
  const add = <T extends OpenItem>(create: (place: ItemPlace) => T, prefix: string): T => {
    closeOpen()
    const item = create({ emit, id: `${prefix}_${newId()}`, index: items.length })
    items.push(item)
    return item
  }
  const opened = <T extends MessageItem | ReasoningItem>(item: T): T => {
    open = item
    return item
  }
  return {
    message: () => (open?.type === 'message' ? open : opened(add(createMessageItem, 'msg'))),
    reasoning: () => (open?.type === 'reasoning' ? open : opened(add(createReasoningItem, 'rs'))),
    call: ({ index: key, id }) => {
      const known = newest.get(key)
      // Some servers give every parallel call the same index, or none; a new id is a new call.
      if (known && (!textOf(id) || known.callId === id)) return known
      const item = add(createCallItem, 'fc')
      calls.push(item)
      newest.set(key, item)
      return item
    },
    close: (status) => {
      closeOpen(status)
      for (const call of calls) call.close(status)
    },
    items,
  }
}
