// Answers of OpenAI-compatible servers in OpenAI's own form, so that every dialect reads one form only: content as a list
// of parts, tool calls in pieces out of order, arguments as objects, other words for the end, missing names. What is in
// order is given back as the same object, and its bytes are then relayed as they came.
import { isObject, type JsonObject, mapSame, objectsOf, textOf, withChanges } from '../json.ts'
import { readParts } from './content-parts.ts'
import { finishReasonOf } from './finish-reasons.ts'
import { argumentsText, createStreamCalls, type StreamCalls } from './stream-calls.ts'

export interface AnswerNames {
  /** Stands for the answer's id where the provider gives none. */
  id: string
  /** The model's name where the provider gives none. */
  model: string
  /** The caller asked in the older form, and reads `function_call`. */
  isLegacy?: boolean
  /** The caller's names of tools by those that the provider was given, where they differ. */
  toolNames?: ReadonlyMap<string, string> | undefined
  /** The input of every call is the answer's text: JSON was asked for by a tool. */
  isJsonTool?: boolean | undefined
}

/** Calls told as the text that they stand for. */
const asText = (said: JsonObject): JsonObject => {
  const { tool_calls: calls, ...rest } = said
  const written = objectsOf(calls).map(({ function: fn }) =>
    isObject(fn) ? argumentsText(fn.arguments) : '',
  )
  return written.length === 0 ? said : { ...rest, content: textOf(rest.content) + written.join('') }
}

const withText = (said: JsonObject): JsonObject => {
  if (!Array.isArray(said.content)) return said
  const { text, thoughts, others } = readParts(said.content)
  const known = textOf(said.reasoning_content)
  const images = others.filter((part) => isObject(part) && part.type === 'image_url')
  return {
    ...said,
    content: text,
    ...(thoughts !== '' && { reasoning_content: known + thoughts }),
    ...(images.length > 0 && { images }),
  }
}

/** An id that OpenAI's and Anthropic's rules both allow. */
const callIdFrom =
  (answerId: string, choice: unknown) =>
  (n: number): string =>
    `call_${answerId.replace(/[^\w-]/g, '').slice(-24)}_${Number(choice) || 0}_${n}`

interface CallRules {
  newId: (n: number) => string
  names: AnswerNames
}

const mendCall = (call: unknown, n: number, { newId, names }: CallRules): unknown => {
  const fn = isObject(call) && isObject(call.function) ? call.function : null
  if (!isObject(call) || fn === null) return call
  const text = argumentsText(fn.arguments)
  const mended = withChanges(fn, {
    name: names.toolNames?.get(textOf(fn.name)) ?? fn.name,
    arguments: text.trim() === '' ? '{}' : text,
  })
  return withChanges(call, {
    id: textOf(call.id) || newId(n),
    type: call.type ?? 'function',
    function: mended,
  })
}

/** The older form of a call, as a call. */
const withoutLegacy = (said: JsonObject): JsonObject => {
  const { function_call: call, ...rest } = said
  if (!isObject(call) || said.tool_calls != null) return said
  return { ...rest, tool_calls: [{ index: 0, type: 'function', function: call }] }
}

/** A call as the older form tells it: without an id, and only one. */
const asLegacy = (said: JsonObject): JsonObject => {
  const { tool_calls: calls, ...rest } = said
  const [first] = objectsOf(calls)
  if (!first) return said
  return { ...rest, function_call: first.function }
}

const mendMessage = (given: JsonObject, rules: CallRules): JsonObject => {
  const { isLegacy = false } = rules.names
  const said = withText(isLegacy ? given : withoutLegacy(given))
  if (!Array.isArray(said.tool_calls)) return said
  const calls = mapSame(said.tool_calls, (call, n) => mendCall(call, n, rules))
  const mended = withChanges(said, { tool_calls: calls })
  if (rules.names.isJsonTool) return asText(mended)
  return isLegacy ? asLegacy(mended) : mended
}

const mendedList = (list: unknown, mend: (choice: JsonObject) => JsonObject): unknown => {
  if (!Array.isArray(list)) return list
  const mended = list.map((one) => (isObject(one) ? mend(one) : one))
  return mended.every((one, i) => one === list[i]) ? list : mended
}

const namesOf = (value: JsonObject, names: AnswerNames): JsonObject => ({
  id: textOf(value.id) || names.id,
  model: textOf(value.model) || names.model,
})

/** A stream's later chunks may leave their names out, but not empty. */
const namesIn = (chunk: JsonObject, names: AnswerNames, isNamed: boolean): JsonObject => {
  const { id, model } = namesOf(chunk, names)
  const isOwed = (given: unknown): boolean => given !== undefined || !isNamed
  return { ...(isOwed(chunk.id) && { id }), ...(isOwed(chunk.model) && { model }) }
}

const endOf = (reason: unknown, { isLegacy, isJsonTool }: AnswerNames): unknown => {
  const word = finishReasonOf(reason)
  if (isJsonTool && word === 'tool_calls') return 'stop'
  return isLegacy && word === 'tool_calls' ? 'function_call' : word
}

/** A whole chat completion. */
export const mendCompletion = (body: JsonObject, names: AnswerNames): JsonObject => {
  const named = namesOf(body, names)
  const choices = mendedList(body.choices, (choice) => {
    const { message, finish_reason: reason } = choice
    const newId = callIdFrom(textOf(named.id), choice.index)
    return withChanges(choice, {
      message: isObject(message) ? mendMessage(message, { newId, names }) : message,
      finish_reason: endOf(reason, names),
    })
  })
  return withChanges(body, { ...named, choices, usage: usageOf(body.usage) })
}

/** Cached tokens where OpenAI tells them; DeepSeek and Moonshot tell them beside the prompt's. */
const usageOf = (usage: unknown): unknown => {
  if (!isObject(usage)) return usage
  const { prompt_tokens_details: told, prompt_cache_hit_tokens: hit, cached_tokens: beside } = usage
  const details = isObject(told) ? told : {}
  const cached = hit ?? beside
  if (typeof cached !== 'number' || details.cached_tokens !== undefined) return usage
  return { ...usage, prompt_tokens_details: { ...details, cached_tokens: cached } }
}

export interface ChunkMender {
  /** One chunk of the stream; the same object where nothing was to be mended. */
  mend(chunk: JsonObject): JsonObject
  /** A choice ended with a call that was never named. */
  readonly hasNameless: boolean
}

const mendPieces = (delta: JsonObject, calls: StreamCalls, isEnd: boolean): JsonObject => {
  const given = Array.isArray(delta.tool_calls) ? delta.tool_calls : []
  const told = calls.add(given)
  const owed = isEnd ? calls.end() : []
  if (told === given && owed.length === 0) return delta
  const { tool_calls: _, ...rest } = delta
  const pieces = [...told, ...owed]
  return pieces.length > 0 ? { ...rest, tool_calls: pieces } : rest
}

/** A reader of one stream's chunks. */
export const createChunkMender = (names: AnswerNames): ChunkMender => {
  const calls = new Map<unknown, StreamCalls>()
  let known = { ...names }
  let hasNameless = false
  let isNamed = false

  const callsOf = ({ index }: JsonObject): StreamCalls => {
    const own =
      calls.get(index) ??
      createStreamCalls({ newId: callIdFrom(known.id, index), toolNames: names.toolNames })
    calls.set(index, own)
    return own
  }
  const mendChoice = (choice: JsonObject): JsonObject => {
    const given = choice.delta ?? choice.message
    const reason = endOf(choice.finish_reason, names)
    const isEnd = typeof reason === 'string'
    const own = callsOf(choice)
    const said = isObject(given) ? given : {}
    const read = withText(names.isLegacy ? said : withoutLegacy(said))
    const told = mendPieces(read, own, isEnd)
    const plain = names.isJsonTool ? asText(told) : told
    const mended = names.isLegacy ? asLegacy(plain) : plain
    hasNameless ||= isEnd && own.hasNameless
    const isKept = mended === given || (mended === said && !isObject(given))
    return withChanges(choice, {
      ...(isKept ? {} : { delta: mended }),
      ...(choice.finish_reason === undefined ? {} : { finish_reason: reason }),
    })
  }
  return {
    mend: (chunk) => {
      known = { id: textOf(chunk.id) || known.id, model: textOf(chunk.model) || known.model }
      const usage = usageOf(chunk.usage)
      if (objectsOf(chunk.choices).length === 0) return withChanges(chunk, { usage })
      const choices = mendedList(chunk.choices, mendChoice)
      const named = namesIn(chunk, known, isNamed)
      isNamed = true
      return withChanges(chunk, { ...named, choices, usage })
    },
    get hasNameless() {
      return hasNameless
    },
  }
}
