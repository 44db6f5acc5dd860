// The output of one response as chat deltas bring it. A message or reasoning item is open until something else begins;
// calls are open to the end, because parallel calls may come interleaved.
import { isObject, type JsonObject, objectsOf, textOf } from '../json.ts'
import { type CallItem, createCallItem } from './call.ts'
import type { Emit, OpenItem } from './item.ts'
import { createMessageItem, type MessageItem } from './message.ts'
import { createReasoningItem, type ReasoningItem } from './reasoning.ts'

export interface ResponsesOutput {
  /** A chat delta, or a whole chat message, of one choice. */
  add(delta: JsonObject, logprobs: unknown): void
  /** Closes what is open. An answer without anything in it is one empty message. */
  close(status: 'completed' | 'incomplete'): void
  /** The items in their present form. */
  values(): JsonObject[]
}

const reasoningOf = ({ reasoning_content: content, reasoning }: JsonObject): string =>
  textOf(content) || textOf(reasoning)

/** Chat's `{type, url_citation: {…}}` is flat here. */
const toAnnotation = ({ type, url_citation: cited, ...rest }: JsonObject): JsonObject => ({
  type,
  ...(isObject(cited) ? cited : {}),
  ...rest,
})

export const createResponsesOutput = (emit: Emit, newId: () => string): ResponsesOutput => {
  const items: OpenItem[] = []
  const calls: CallItem[] = []
  /** The newest call of each index. */
  const newest = new Map<unknown, CallItem>()
  let open: MessageItem | ReasoningItem | null = null

  const add = <T extends OpenItem>(item: T): T => {
    items.push(item)
    return item
  }
  const placeFor = (prefix: string) => ({ emit, id: `${prefix}_${newId()}`, index: items.length })
  const closeOpen = (status: 'completed' | 'incomplete' = 'completed'): void => {
    open?.close(status)
    open = null
  }
  const message = (): MessageItem => {
    if (open?.type === 'message') return open
    closeOpen()
    const item = add(createMessageItem(placeFor('msg')))
    open = item
    return item
  }
  const reasoning = (): ReasoningItem => {
    if (open?.type === 'reasoning') return open
    closeOpen()
    const item = add(createReasoningItem(placeFor('rs')))
    open = item
    return item
  }
  const callOf = ({ index: key, id }: JsonObject): CallItem => {
    const known = newest.get(key)
    // Some servers give every parallel call the same index, or none; a new id is a new call.
    if (known && (!textOf(id) || known.callId === id)) return known
    closeOpen()
    const item = add(createCallItem(placeFor('fc')))
    calls.push(item)
    newest.set(key, item)
    return item
  }

  return {
    add: (delta, logprobs) => {
      const thought = reasoningOf(delta)
      if (thought !== '') reasoning().add(thought)
      const text = textOf(delta.content)
      const ofText = isObject(logprobs) ? objectsOf(logprobs.content) : []
      if (text !== '' || ofText.length > 0) message().add('output_text', text, { logprobs: ofText })
      for (const annotation of objectsOf(delta.annotations)) {
        message().annotate(toAnnotation(annotation))
      }
      const refusal = textOf(delta.refusal)
      if (refusal !== '') message().add('refusal', refusal)
      for (const call of objectsOf(delta.tool_calls)) callOf(call).add(call)
    },
    close: (status) => {
      if (items.length === 0) message().add('output_text', '')
      closeOpen(status)
      for (const call of calls) call.close(status)
    },
    values: () => items.map(({ value }) => value),
  }
}
