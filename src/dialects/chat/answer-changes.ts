// The changes that bring an OpenAI-compatible server's answer into OpenAI's own form; whole answers (normalise-answer.ts) and
// streams (normalise-stream.ts) share them. Each returns the same object where nothing has to change.
import { isObject, type JsonObject, mapSame, objectsOf, textOf, withChanges } from '../json.ts'
import { argumentsText } from './call-arguments.ts'
import { readParts } from './content-parts.ts'
import { finishReasonOf, finishWithCalls } from './finish-reasons.ts'

export interface AnswerNames {
  /** Stands in for the answer's id where the provider sends none. */
  id: string
  /** The model's name where the provider sends none. */
  model: string
  /** The caller asked in the older form, and reads `function_call`. */
  isLegacy?: boolean
  /** The caller's tool names by those sent to the provider, where they differ. */
  toolNames?: ReadonlyMap<string, string> | undefined
  /** Names of all tools as they were sent to the provider. */
  offered?: ReadonlySet<string> | undefined
  /** The input of every call is the answer's text: JSON was asked for by a tool. */
  isJsonTool?: boolean | undefined
}

/** The calls' arguments as the message's text. */
const asText = (message: JsonObject): JsonObject => {
  const { tool_calls: calls, ...rest } = message
  const written = objectsOf(calls).map(({ function: fn }) =>
    isObject(fn) ? argumentsText(fn.arguments) : '',
  )
  return written.length === 0
    ? message
    : { ...rest, content: textOf(rest.content) + written.join('') }
}

/** Content in parts, or of one part, as text, thoughts and images. */
const withText = (message: JsonObject): JsonObject => {
  const { content } = message
  if (!Array.isArray(content) && !isObject(content)) return message
  const { text, thoughts, refusal, others } = readParts(
    Array.isArray(content) ? content : [content],
  )
  const known = textOf(message.reasoning_content)
  const images = others.filter((part) => isObject(part) && part.type === 'image_url')
  return {
    ...message,
    content: text,
    ...(thoughts !== '' && { reasoning_content: known + thoughts }),
    ...(refusal !== '' && { refusal: textOf(message.refusal) + refusal }),
    ...(images.length > 0 && { images }),
  }
}

/** An id that OpenAI's and Anthropic's rules both allow. */
export const callIdFrom =
  (answerId: string, choice: unknown) =>
  (n: number): string =>
    `call_${answerId.replace(/[^\w-]/g, '').slice(-24)}_${Number(choice) || 0}_${n}`

/** A call whose name and arguments stand beside its id, rather than in `function`. */
const nested = (call: unknown): unknown => {
  if (!isObject(call) || isObject(call.function) || isObject(call.custom)) return call
  const { name, arguments: written, ...rest } = call
  if (typeof name !== 'string' && written === undefined) return call
  return { ...rest, function: { name, arguments: written } }
}

/** Calls as a list of their own form. */
const withCalls = (message: JsonObject): JsonObject => {
  const { tool_calls: calls } = message
  if (isObject(calls)) return { ...message, tool_calls: [nested(calls)] }
  return Array.isArray(calls)
    ? withChanges(message, { tool_calls: mapSame(calls, nested) })
    : message
}

/** The older form of a call, as a call. */
const withoutLegacy = (message: JsonObject): JsonObject => {
  if (!isObject(message.function_call) || message.tool_calls != null) return message
  const { function_call: call, ...rest } = message
  return { ...rest, tool_calls: [{ index: 0, type: 'function', function: call }] }
}

/** The first call in the older form, which has no id and allows one call only. */
const asLegacy = (message: JsonObject): JsonObject => {
  const { tool_calls: calls, ...rest } = message
  const [first] = objectsOf(calls)
  if (!first) return message
  return { ...rest, function_call: first.function }
}

/** A message or delta of a provider in the form that the router works on: one text, calls in `tool_calls`. */
export const readMessage = (message: JsonObject, { isLegacy }: AnswerNames): JsonObject =>
  withText(withCalls(isLegacy ? message : withoutLegacy(message)))

/** A message or delta that was read, in the form that the caller asked for. */
export const writeMessage = (message: JsonObject, names: AnswerNames): JsonObject => {
  if (names.isJsonTool) return asText(message)
  return names.isLegacy ? asLegacy(message) : message
}

/** `normalise` on each choice of an answer; anything that is no object stays as it is. */
export const normaliseChoices = (
  choices: unknown,
  normalise: (choice: JsonObject, at: number) => JsonObject,
): unknown =>
  Array.isArray(choices)
    ? mapSame(choices, (choice, at) => (isObject(choice) ? normalise(choice, at) : choice))
    : choices

/** Id and model: the answer's own, else the stand-ins. */
export const namesOf = (value: JsonObject, names: AnswerNames): JsonObject => ({
  id: textOf(value.id) || names.id,
  model: textOf(value.model) || names.model,
})

export interface Calling {
  /** The choice has called tools. */
  hasCalls: boolean
}

/** The finish reason in OpenAI's words, and in those of the form that the caller asked in. */
export const endOf = (
  reason: unknown,
  { isLegacy, isJsonTool, hasCalls }: Pick<AnswerNames, 'isLegacy' | 'isJsonTool'> & Calling,
): unknown => {
  const known = finishReasonOf(reason)
  const word = hasCalls ? finishWithCalls(known) : known
  if (isJsonTool && word === 'tool_calls') return 'stop'
  return isLegacy && word === 'tool_calls' ? 'function_call' : word
}

/** Cached tokens in OpenAI's field; DeepSeek and Moonshot report them in fields of their own. */
export const usageOf = (usage: unknown): unknown => {
  if (!isObject(usage)) return usage
  const {
    prompt_tokens_details: reported,
    prompt_cache_hit_tokens: hit,
    cached_tokens: cachedBeside,
  } = usage
  const details = isObject(reported) ? reported : {}
  const cached = hit ?? cachedBeside
  if (typeof cached !== 'number' || details.cached_tokens !== undefined) return usage
  return { ...usage, prompt_tokens_details: { ...details, cached_tokens: cached } }
}
