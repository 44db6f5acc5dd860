// A reply → the answer to store in the cache, or null. Only complete answers are stored: every choice ended with stop or a tool call.
// Answers that hit a length limit or content filter, were cut or failed are not.

import { costUsd, type Price } from '../../core/decide/cost.ts'
import type { Usage } from '../../core/types.ts'
import { concatBytes } from '../../dialects/byte-queue.ts'
import type { DialectName } from '../../dialects/chat/upstream-request.ts'
import { isObject, type JsonObject, parseObject } from '../../dialects/json.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { createFrameSplitter, readData, replaceData } from '../../dialects/sse.ts'
import { readStreamEvent } from '../stream/chat-chunk.ts'
import type { KeptAnswer } from './answer-cache.ts'

export interface KeepOptions {
  dialect: DialectName
  /** Requested choices: the body's `n`. */
  choices: number
  usage: Usage | null
  price: Price
}

const WHOLE_CHOICE: readonly unknown[] = ['stop', 'tool_calls', 'function_call']
const WHOLE_MESSAGE: readonly unknown[] = ['end_turn', 'tool_use', 'stop_sequence']

const encoder = new TextEncoder()

/** Usage of a cached answer, which is free: `cost` is 0, `original_cost` that of the original call. */
const freeUsage = (usage: JsonObject, { usage: counts, price }: KeepOptions): JsonObject => ({
  ...usage,
  cost: 0,
  original_cost: costUsd(counts, price) ?? usage.cost ?? null,
})

// An estimated usage is not shown as the provider's.
const wireUsageOf = (reported: unknown, options: KeepOptions): JsonObject | null => {
  if (isObject(reported)) return freeUsage(reported, options)
  const { usage } = options
  if (usage === null || usage.isEstimated) return null
  const { promptTokens, completionTokens } = usage
  const counts = {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  }
  return freeUsage(counts, options)
}

const isWhole = (reasons: readonly unknown[], { choices }: KeepOptions): boolean =>
  reasons.length >= choices && reasons.every((reason) => WHOLE_CHOICE.includes(reason))

/** The answer to store for a JSON reply. */
export const keptJson = (body: JsonObject, options: KeepOptions): KeptAnswer | null => {
  const { dialect, usage } = options
  const kept = { dialect, form: 'json' as const, usage }
  if (dialect === 'anthropic') {
    if (!WHOLE_MESSAGE.includes(body.stop_reason)) return null
    const freeBody = isObject(body.usage)
      ? { ...body, usage: freeUsage(body.usage, options) }
      : body
    return { ...kept, wireUsage: null, bytes: encoder.encode(writeJson(freeBody)) }
  }
  const choices = Array.isArray(body.choices) ? body.choices.filter(isObject) : []
  const reasons = choices.map((choice) => choice.finish_reason)
  if (!isWhole(reasons, options)) return null
  const { usage: reported, ...answer } = body
  const wireUsage = wireUsageOf(reported, options)
  return { ...kept, wireUsage, bytes: encoder.encode(writeJson(answer)) }
}

const keptChatStream = (frames: Uint8Array[], options: KeepOptions): KeptAnswer | null => {
  const reasons = new Map<number, unknown>()
  const kept: Uint8Array[] = []
  let reported: unknown = null
  for (const frame of frames) {
    const event = readStreamEvent(frame)
    if (event.kind === 'error' || event.kind === 'invalid') return null
    if (event.kind !== 'chunk') continue
    reported = isObject(event.value.usage) ? event.value.usage : reported
    if (event.isUsageOnly) continue
    const choices = Array.isArray(event.value.choices) ? event.value.choices.filter(isObject) : []
    const byIndex = new Map(choices.toReversed().map((choice) => [choice.index ?? 0, choice]))
    for (const index of event.finished) reasons.set(index, byIndex.get(index)?.finish_reason)
    const { usage: _, ...chunk } = event.value
    kept.push('usage' in event.value ? replaceData(frame, writeJson(chunk)) : frame)
  }
  if (!isWhole([...reasons.values()], options)) return null
  const { dialect, usage } = options
  const wireUsage = wireUsageOf(reported, options)
  return { dialect, form: 'stream', usage, wireUsage, bytes: concatBytes(kept) }
}

const keptMessageStream = (frames: Uint8Array[], options: KeepOptions): KeptAnswer | null => {
  let reason: unknown = null
  let isEnded = false
  const kept = frames.map((frame) => {
    const event = parseObject(readData(frame) ?? '')
    isEnded ||= event?.type === 'message_stop'
    if (event?.type !== 'message_delta') return frame
    reason = isObject(event.delta) ? event.delta.stop_reason : reason
    if (!isObject(event.usage)) return frame
    return replaceData(frame, writeJson({ ...event, usage: freeUsage(event.usage, options) }))
  })
  if (!isEnded || !WHOLE_MESSAGE.includes(reason)) return null
  const { dialect, usage } = options
  return { dialect, form: 'stream', usage, wireUsage: null, bytes: concatBytes(kept) }
}

/** The answer to store for the bytes of a complete stream. */
export const keptStream = (bytes: Uint8Array, options: KeepOptions): KeptAnswer | null => {
  const frames = createFrameSplitter().push(bytes)
  return options.dialect === 'anthropic'
    ? keptMessageStream(frames, options)
    : keptChatStream(frames, options)
}
