// The meaning of one event of a chat stream. It is only read here: relay.ts relays the bytes, and decides by this value.
import type { AnswerFlaw, Usage } from '../../core/types.ts'
import { flawOf } from '../../dialects/chat/finish-reasons.ts'
import { plainTextOf } from '../../dialects/chat/plain-chunk.ts'
import { thoughtsOf } from '../../dialects/chat/thoughts.ts'
import { isObject, type JsonObject, objectsOf, parseObject, textOf } from '../../dialects/json.ts'
import { DONE_DATA, isErrorEvent, readData } from '../../dialects/sse.ts'
import { reportedFailure } from '../failure/reported-failure.ts'
import { readUsage } from './usage.ts'

export interface ChatChunk {
  kind: 'chunk'
  /** The parsed event. */
  value: Record<string, unknown>
  /** True where it carries something of the answer: text, a tool call, a refusal, reasoning, a finish_reason. */
  hasContent: boolean
  /** True where all that it carries is a refusal. */
  isRefusal: boolean
  /** Indexes of the choices that finish here. */
  finished: number[]
  /** Of the first of them. */
  flaw: AnswerFlaw | undefined
  usage: Usage | null
  /** True for the chunk that `stream_options.include_usage` adds: usage and no choices. */
  isUsageOnly: boolean
  /** Text of the answer in it, for counting tokens where the provider does not. */
  text: string
}

export type StreamEvent =
  | ChatChunk
  /** No data: a comment, a ping or a blank line. */
  | { kind: 'silent' }
  | { kind: 'done' }
  /** Data that is not a JSON object, or one nested too deep. */
  | { kind: 'invalid' }
  | { kind: 'error'; payload: Record<string, unknown> }

/** Reads one event of an OpenAI chat stream. */
export const readStreamEvent = (frame: Uint8Array): StreamEvent => {
  const data = readData(frame)
  if (data === null) return { kind: 'silent' }
  if (data.trim() === DONE_DATA) return { kind: 'done' }
  const value = parseObject(data)
  if (isErrorEvent(frame)) return { kind: 'error', payload: errorOf(value, data) }
  if (value === null) return { kind: 'invalid' }
  const payload = reportedFailure(value)
  return payload === null ? readChunk(value) : { kind: 'error', payload }
}

/** The payload of an event that is named an error, in any form. */
const errorOf = (value: JsonObject | null, data: string): JsonObject => {
  if (value === null) return { error: { message: data } }
  return reportedFailure(value) ?? { error: value }
}

/** Usage where other servers than OpenAI put it: in the choice that ends (Moonshot), or in a field of their own (Groq). */
export const strayUsage = ({ usage, choices, x_groq: groq }: JsonObject): unknown => {
  if (isObject(usage)) return undefined
  const inChoice = objectsOf(choices).find((choice) => isObject(choice.usage))
  return inChoice?.usage ?? (isObject(groq) ? groq.usage : undefined)
}

/** What a piece of text in OpenAI's own form means. */
const plainChunk = (value: JsonObject, text: string): ChatChunk => ({
  kind: 'chunk',
  value,
  hasContent: text !== '',
  isRefusal: false,
  finished: [],
  flaw: undefined,
  usage: null,
  isUsageOnly: false,
  text,
})

/** The meaning of one parsed chunk. */
export const readChunk = (value: Record<string, unknown>): ChatChunk => {
  const plain = plainTextOf(value)
  if (plain !== null) return plainChunk(value, plain)
  const choices = Array.isArray(value.choices) ? value.choices.filter(isObject) : []
  const deltas = choices.map((choice) => choice.delta).filter(isObject)
  const ended = choices.filter((choice) => isFinishReason(choice.finish_reason))
  const finished = ended.map(indexOf)
  const flaw = flawOf(ended[0]?.finish_reason) ?? (deltas.some(isDeclining) ? 'refused' : undefined)
  return {
    kind: 'chunk',
    value,
    hasContent: finished.length > 0 || deltas.some(carriesContent),
    isRefusal: isRefusal(deltas, flaw),
    finished,
    flaw,
    usage: readUsage(strayUsage(value) ?? value.usage),
    isUsageOnly: choices.length === 0 && isObject(value.usage),
    text: deltas.map(messageText).join(''),
  }
}

const isFinishReason = (reason: unknown): boolean => typeof reason === 'string' && reason !== ''

const indexOf = (choice: Record<string, unknown>): number =>
  typeof choice.index === 'number' ? choice.index : 0

// Anything but the role counts, known or not: a provider's own reasoning field is content too.
const carriesContent = (delta: Record<string, unknown>): boolean =>
  Object.entries(delta).some(([key, value]) => key !== 'role' && !isEmpty(value))

const isDeclining = ({ refusal }: JsonObject): boolean => textOf(refusal) !== ''

const isRefusal = (deltas: JsonObject[], flaw: AnswerFlaw | undefined): boolean =>
  flaw === 'refused' && !deltas.some(({ refusal: _, ...rest }) => carriesContent(rest))

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)

/** All text of an assistant message or delta: content, refusal, reasoning, and the calls' names and arguments. */
export const messageText = (message: Record<string, unknown>): string => {
  const { content, refusal, tool_calls: calls } = message
  const texts = [content, refusal, thoughtsOf(message)].filter((text) => typeof text === 'string')
  for (const call of Array.isArray(calls) ? calls.filter(isObject) : []) {
    const fn = isObject(call.function) ? call.function : {}
    texts.push(...[fn.name, fn.arguments].filter((text) => typeof text === 'string'))
  }
  return texts.join('')
}
