// Anthropic's events for a caller who speaks its dialect: each passes as it came, but message_delta, whose usage gets the
// cost. The answer is whole at message_stop and not before.

import type { Price } from '../../core/decide/cost.ts'
import {
  encodeErrorEvent,
  errorTypeOf,
  toErrorPayload,
} from '../../dialects/anthropic/outbound-errors.ts'
import { mergeCounts, type TokenCounts, toUsage } from '../../dialects/anthropic/outbound-usage.ts'
import { flawOf } from '../../dialects/chat/finish-reasons.ts'
import { isObject, type JsonObject } from '../../dialects/json.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { replaceData } from '../../dialects/sse.ts'
import type { RouterError } from '../../errors.ts'
import type { AnswerStream, AnswerStreamOptions } from '../stream/answer-stream.ts'
import { createNativeEventStream } from '../stream/native-stream.ts'
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

export const createNativeStream = (options: AnswerStreamOptions): AnswerStream => {
  let counts: TokenCounts | null = null
  return createNativeEventStream(options, {
    read: (event, frame) => {
      counts = mergeCounts(counts, usageOf(event))
      const priced = withCost(event, counts, options.price)
      return {
        hasContent: carriesContent(event),
        isEnd: event.type === 'message_stop',
        text: textOf(event),
        flaw: isObject(event.delta) ? flawOf(event.delta.stop_reason) : undefined,
        error: event.type === 'error' ? toErrorPayload(event) : null,
        frame: priced === event ? frame : replaceData(frame, writeJson(priced)),
      }
    },
    get usage() {
      return toUsage(counts)
    },
    tellError,
  })
}
