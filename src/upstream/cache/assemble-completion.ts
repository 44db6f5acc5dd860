// Chunks of an OpenAI chat stream → the chat completion that they tell: strings grow, lists grow or are filled by index,
// anything else is replaced. Knows no field of a provider's own by name, so none is lost.
import { isObject } from '../provider/provider-error.ts'

type JsonObject = Record<string, unknown>

/** Said once, or the same again with every chunk. */
const SAID_ONCE = new Set(['role', 'id', 'type', 'name', 'format', 'signature'])
const OF_THE_CHUNK = new Set(['choices', 'usage', 'object', 'obfuscation'])

const indexOf = (value: unknown): number | null =>
  isObject(value) && typeof value.index === 'number' ? value.index : null

const mergeList = (list: unknown[], added: readonly unknown[]): unknown[] => {
  const merged = [...list]
  for (const item of added) {
    const index = indexOf(item)
    const at = index === null ? -1 : merged.findIndex((known) => indexOf(known) === index)
    if (at === -1) merged.push(item)
    else merged[at] = merge(merged[at] as JsonObject, item as JsonObject)
  }
  return merged
}

const mergeValue = (key: string, known: unknown, added: unknown): unknown => {
  if (added === null || added === undefined) return known ?? null
  if (typeof known === 'string' && typeof added === 'string') {
    return SAID_ONCE.has(key) ? added || known : known + added
  }
  if (Array.isArray(known) && Array.isArray(added)) return mergeList(known, added)
  if (isObject(known) && isObject(added)) return merge(known, added)
  return Array.isArray(added) ? mergeList([], added) : added
}

const merge = (known: JsonObject, added: JsonObject): JsonObject => {
  const merged = { ...known }
  for (const [key, value] of Object.entries(added)) merged[key] = mergeValue(key, known[key], value)
  return merged
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

/** A choice says its delta bit by bit, and its log-probabilities; the rest it says as it is by then. */
const mergeChoice = (known: JsonObject, added: JsonObject): JsonObject => ({
  ...known,
  ...Object.fromEntries(Object.entries(added).filter(([, value]) => value !== null)),
  delta: mergeValue('delta', known.delta, added.delta),
  logprobs: mergeValue('logprobs', known.logprobs, added.logprobs),
})

const choiceOf = (merged: JsonObject): JsonObject => {
  const { delta, index, finish_reason = null, ...others } = merged
  const message = messageOf(isObject(delta) ? delta : {})
  return { index, message, ...others, finish_reason }
}

/** Without `usage`, which the caller knows better. Choices in the order of their index. */
export const assembleCompletion = (chunks: readonly JsonObject[]): JsonObject => {
  let envelope: JsonObject = {}
  const choices = new Map<number, JsonObject>()
  for (const chunk of chunks) {
    const facts = Object.entries(chunk).filter(([key]) => !OF_THE_CHUNK.has(key))
    envelope = { ...envelope, ...Object.fromEntries(facts) }
    for (const choice of Array.isArray(chunk.choices) ? chunk.choices.filter(isObject) : []) {
      const index = indexOf(choice) ?? 0
      choices.set(index, mergeChoice(choices.get(index) ?? { index }, choice))
    }
  }
  const ordered = [...choices].sort(([a], [b]) => a - b).map(([, choice]) => choiceOf(choice))
  return { ...envelope, object: 'chat.completion', choices: ordered }
}
