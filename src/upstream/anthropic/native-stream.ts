// Anthropic's events for a caller who speaks its dialect: each passes as it came, but message_delta, whose usage gets the
// cost. The answer is whole at message_stop and not before.

import {
  encodeErrorEvent,
  errorTypeOf,
  toErrorPayload,
} from '../../dialects/anthropic/outbound-errors.ts'
import { mergeCounts, type TokenCounts, toUsage } from '../../dialects/anthropic/outbound-usage.ts'
import { concatBytes } from '../../dialects/byte-queue.ts'
import { isObject, type JsonObject, parseObject } from '../../dialects/json.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { createFrameSplitter, readData, replaceData } from '../../dialects/sse.ts'
import type { RouterError } from '../../errors.ts'
import type { ChatStream, ChatStreamOptions } from '../stream/chat-stream.ts'
import { createTextSample } from '../stream/usage.ts'
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

export const createNativeStream = (options: ChatStreamOptions): ChatStream => {
  const splitter = createFrameSplitter()
  const sample = createTextSample()
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let events = 0
  let hasContent = false
  let isComplete = false
  let errorPayload: JsonObject | null = null
  let counts: TokenCounts | null = null

  const add = (event: Uint8Array): void => {
    waiting.push(event)
    waitingBytes += event.length
  }
  const priced = (event: JsonObject, frame: Uint8Array): Uint8Array => {
    if (event.type !== 'message_delta' || !isObject(event.usage)) return frame
    const usage = withNativeCost(event.usage, toUsage(counts), options.price)
    return replaceData(frame, writeJson({ ...event, usage }))
  }
  const admitEvent = (event: JsonObject, frame: Uint8Array): void => {
    if (event.type === 'error') {
      errorPayload = toErrorPayload(event)
      return
    }
    counts = mergeCounts(counts, usageOf(event))
    hasContent ||= carriesContent(event)
    isComplete = event.type === 'message_stop'
    sample.add(textOf(event))
    add(priced(event, frame))
  }
  const admit = (frame: Uint8Array): void => {
    if (isComplete || errorPayload !== null) return
    const data = readData(frame)
    if (data !== null) events += 1
    const event = data === null ? null : parseObject(data)
    if (event !== null) admitEvent(event, frame)
    else if (data !== null) options.onInvalidEvent()
    else add(frame)
  }
  return {
    push: (bytes) => {
      for (const frame of splitter.push(bytes)) admit(frame)
    },
    end: () => {
      // A last event without its blank line still counts; half an event is the trace of a cut.
      const rest = splitter.rest()
      if (parseObject(readData(rest) ?? '') !== null) admit(concatBytes([rest, BLANK_LINE]))
    },
    add,
    take: () => {
      const bytes = concatBytes(waiting)
      waiting = []
      waitingBytes = 0
      return bytes
    },
    tellError,
    get waitingBytes() {
      return waitingBytes
    },
    get unfinishedBytes() {
      return splitter.bufferedBytes
    },
    get events() {
      return events
    },
    get hasContent() {
      return hasContent
    },
    get isFinished() {
      return isComplete
    },
    get isComplete() {
      return isComplete
    },
    get errorPayload() {
      return errorPayload
    },
    get usage() {
      return toUsage(counts)
    },
    sample,
  }
}

const BLANK_LINE = new TextEncoder().encode('\n\n')
