// Chunks of an OpenAI chat stream → the chat completion that they make up: strings grow, lists grow or are filled by index,
// anything else is replaced. Knows no field of a provider's own by name, so none is lost.
import { isObject, type JsonObject } from '../json.ts'

/** Sent once, or repeated with every chunk. */
const SENT_ONCE = new Set(['role', 'id', 'type', 'name', 'format', 'signature'])
const CHUNK_FIELDS = new Set(['choices', 'usage', 'object', 'obfuscation'])

const indexOf = (value: unknown): number | null =>
  isObject(value) && typeof value.index === 'number' ? value.index : null

/** A copy of a chunk's value that may grow. */
const owned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(owned)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, owned(inner)]))
}

/** Where the item of each index stands; kept, because an answer has thousands of chunks. */
const positions = new WeakMap<unknown[], Map<number, number>>()

const note = (known: Map<number, number>, item: unknown, at: number): void => {
  const index = indexOf(item)
  if (index !== null && !known.has(index)) known.set(index, at)
}

const positionsIn = (list: unknown[]): Map<number, number> => {
  const known = positions.get(list) ?? new Map<number, number>()
  if (!positions.has(list)) list.forEach((item, at) => void note(known, item, at))
  positions.set(list, known)
  return known
}

/** Adds to `list` itself: copied at every chunk, it would take quadratic time. */
const mergeList = (list: unknown[], added: readonly unknown[]): unknown[] => {
  const known = positionsIn(list)
  for (const item of added) {
    const at = known.get(indexOf(item) ?? Number.NaN)
    if (at !== undefined) merge(list[at] as JsonObject, item as JsonObject)
    else note(known, item, list.push(owned(item)) - 1)
  }
  return list
}

const mergeValue = (key: string, known: unknown, added: unknown): unknown => {
  if (added === null || added === undefined) return known ?? null
  if (typeof known === 'string' && typeof added === 'string') {
    return SENT_ONCE.has(key) ? added || known : known + added
  }
  if (Array.isArray(known) && Array.isArray(added)) return mergeList(known, added)
  if (isObject(known) && isObject(added)) return merge(known, added)
  return Array.isArray(added) ? mergeList([], added) : owned(added)
}

/** Adds to `known` itself. */
const merge = (known: JsonObject, added: JsonObject): JsonObject => {
  for (const [key, value] of Object.entries(added)) known[key] = mergeValue(key, known[key], value)
  return known
}

const withoutIndex = (call: unknown): unknown => {
  if (!isObject(call)) return call
  const { index: _, ...kept } = call
  return kept
}

const messageOf = (delta: JsonObject): JsonObject => {
  const message: JsonObject = { role: 'assistant', content: null, refusal: null, ...delta }
  const { tool_calls: calls } = message
  if (Array.isArray(calls)) message.tool_calls = calls.map(withoutIndex)
  return message
}

/** `delta` and `logprobs` come in pieces and are merged; every other field of a choice is replaced by its latest value. */
const mergeChoice = (known: JsonObject, { delta, logprobs, ...rest }: JsonObject): void => {
  for (const [key, value] of Object.entries(rest)) if (value !== null) known[key] = value
  known.delta = mergeValue('delta', known.delta, delta)
  known.logprobs = mergeValue('logprobs', known.logprobs, logprobs)
}

const choiceOf = (merged: JsonObject): JsonObject => {
  const { delta, index, finish_reason = null, ...others } = merged
  const message = messageOf(isObject(delta) ? delta : {})
  return { index, message, ...others, finish_reason }
}

/** Without `usage`, which the caller knows better. Choices in the order of their index. */
export const assembleCompletion = (chunks: readonly JsonObject[]): JsonObject => {
  const envelope: JsonObject = {}
  const choices = new Map<number, JsonObject>()
  for (const chunk of chunks) {
    for (const [key, value] of Object.entries(chunk)) {
      if (!CHUNK_FIELDS.has(key)) envelope[key] = value
    }
    for (const choice of Array.isArray(chunk.choices) ? chunk.choices.filter(isObject) : []) {
      const index = indexOf(choice) ?? 0
      const known = choices.get(index) ?? { index }
      mergeChoice(known, choice)
      choices.set(index, known)
    }
  }
  const ordered = [...choices].sort(([a], [b]) => a - b).map(([, choice]) => choiceOf(choice))
  return { ...envelope, object: 'chat.completion', choices: ordered }
}
