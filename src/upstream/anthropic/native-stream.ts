// Anthropic's events for a caller who speaks its dialect: each passes as it came, but message_delta, whose usage gets the
// cost. The answer is whole at message_stop and not before.

import type { Price } from '../../core/decide/cost.ts'
import {
  encodeErrorEvent,
  errorTypeOf,
  toErrorPayload,
} from '../../dialects/anthropic/outbound-errors.ts'
import { mergeCounts, type TokenCounts, toUsage } from '../../dialects/anthropic/outbound-usage.ts'
import { concatBytes } from '../../dialects/byte-queue.ts'
import { isObject, type JsonObject, parseObject } from '../../dialects/json.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { readData, replaceData } from '../../dialects/sse.ts'
import type { RouterError } from '../../errors.ts'
import {
  type AnswerOutput,
  type AnswerStream,
  type AnswerStreamOptions,
  createAnswerStream,
  type EventReader,
  isOver,
} from '../stream/answer-stream.ts'
import { withNativeCost } from './native.ts'

/** Text of the answer in an event, for counting tokens where the provider does not. */
const textOf = ({ delta }: JsonObject): string => {
  if (!isObject(delta)) return ''
  return [delta.text, delta.thinking, delta.partial_json]
    .filter((text) => typeof text === 'string')
    .join('')
}

// A text or thinking block opens empty; any other says what it is.
const opensWithContent = ({ content_block: block }: JsonObject): boolean =>
  isObject(block) && block.type !== 'text' && block.type !== 'thinking'

const carriesContent = (event: JsonObject): boolean =>
  event.type === 'content_block_delta' ||
  event.type === 'message_delta' ||
  (event.type === 'content_block_start' && opensWithContent(event))

const usageOf = (event: JsonObject): unknown =>
  isObject(event.message) ? event.message.usage : event.usage

const tellError = (failure: RouterError): Uint8Array =>
  encodeErrorEvent(failure.message, errorTypeOf(failure.details.providerType))

/** The event, with the cost in the usage of a message_delta. */
const withCost = (event: JsonObject, counts: TokenCounts | null, price: Price): JsonObject =>
  event.type === 'message_delta' && isObject(event.usage)
    ? { ...event, usage: withNativeCost(event.usage, toUsage(counts), price) }
    : event

const createNativeReader = (
  { price, onInvalidEvent }: AnswerStreamOptions,
  { progress, sample, add }: AnswerOutput,
): EventReader => {
  let counts: TokenCounts | null = null

  const admitEvent = (event: JsonObject, frame: Uint8Array): void => {
    if (event.type === 'error') {
      progress.errorPayload = toErrorPayload(event)
      return
    }
    counts = mergeCounts(counts, usageOf(event))
    progress.hasContent ||= carriesContent(event)
    progress.isComplete = event.type === 'message_stop'
    progress.isFinished = progress.isComplete
    sample.add(textOf(event))
    const priced = withCost(event, counts, price)
    add(priced === event ? frame : replaceData(frame, writeJson(priced)))
  }
  const admit = (frame: Uint8Array): void => {
    if (isOver(progress)) return
    const data = readData(frame)
    if (data !== null) progress.events += 1
    const event = data === null ? null : parseObject(data)
    if (event !== null) admitEvent(event, frame)
    else if (data !== null) onInvalidEvent()
    else add(frame)
  }
  return {
    event: admit,
    end: (rest) => {
      if (parseObject(readData(rest) ?? '') !== null) admit(concatBytes([rest, BLANK_LINE]))
    },
    tellError,
    get usage() {
      return toUsage(counts)
    },
  }
}

const BLANK_LINE = new TextEncoder().encode('\n\n')

export const createNativeStream = (options: AnswerStreamOptions): AnswerStream =>
  createAnswerStream((output) => createNativeReader(options, output))
