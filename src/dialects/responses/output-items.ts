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

const createCallsByIndex = () => {
  /** The newest call of each index. */
  const newest = new Map<unknown, CallItem>()
  const all: CallItem[] = []
  return {
    all,
    // Some servers give every parallel call the same index, or none; a new id is a new call.
    find: ({ index, id }: JsonObject): CallItem | undefined => {
      const known = newest.get(index)
      return known && (!textOf(id) || known.callId === id) ? known : undefined
    },
    add: ({ index }: JsonObject, item: CallItem): CallItem => {
      newest.set(index, item)
      all.push(item)
      return item
    },
  }
}

export const createOutputItems = (options: OutputItemsOptions): OutputItems => {
  const { emit, names, isSealed } = options
  const items: OpenItem[] = []
  const calls = createCallsByIndex()
  let open: MessageItem | ReasoningItem | null = null

  const newId = (prefix: string): string => `${prefix}_${options.newId()}`
  const closeOpen = (status: 'completed' | 'incomplete' = 'completed'): void => {
    open?.close(status)
    open = null
  }
  const begin = <T extends OpenItem>(create: (index: number) => T): T => {
    closeOpen()
    const item = create(items.length)
    items.push(item)
    return item
  }
  const add = <T extends OpenItem>(create: (place: ItemPlace) => T, prefix: string): T =>
    begin((index) => create({ emit, id: newId(prefix), index }))
  const opened = <T extends MessageItem | ReasoningItem>(item: T): T => {
    open = item
    return item
  }
  const createReasoning = (place: ItemPlace) => createReasoningItem({ ...place, isSealed })
  const createCall = (index: number) => createCallItem({ emit, index, newId, names })
  return {
    message: () => (open?.type === 'message' ? open : opened(add(createMessageItem, 'msg'))),
    reasoning: () => (open?.type === 'reasoning' ? open : opened(add(createReasoning, 'rs'))),
    call: (entry) => calls.find(entry) ?? calls.add(entry, begin(createCall)),
    image: (data) => void add((place) => createImageItem(place, data), 'ig'),
    close: (status) => {
      closeOpen(status)
      for (const call of calls.all) call.close(status)
    },
    items,
  }
}
