// Chat chunks → Anthropic's named events. The stop reason is written only after [DONE]: a client that has seen it has seen
// the whole answer.

import { thoughtsOf } from '../chat/thoughts.ts'
import type { EventWriter } from '../event-stream.ts'
import { isObject, type JsonObject, objectsOf } from '../json.ts'
import { type BlockWriter, createBlockWriter, encodeEvent } from './inbound-blocks.ts'
import { anthropicErrorType } from './inbound-error.ts'
import { type Stop, toAnthropicUsage, toMessageId, toStop } from './inbound-usage.ts'

const DONE = '[DONE]'

const opening = (chunk: JsonObject): string => {
  const message = {
    id: toMessageId(chunk.id),
    type: 'message',
    role: 'assistant',
    model: chunk.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    // The provider counts at the end: message_delta repeats this with the real counts.
    usage: toAnthropicUsage(chunk.usage),
  }
  return encodeEvent('message_start', { message }) + encodeEvent('ping', {})
}

const errorEvent = (message: string, type = 'api_error'): string =>
  encodeEvent('error', { error: { type, message } })

const failed = (error: unknown): string => {
  const { message, type } = isObject(error) ? error : { message: error, type: null }
  return errorEvent(String(message), anthropicErrorType(type) ?? 'api_error')
}

/** One message, as far as it has been written. */
interface Message {
  blocks: BlockWriter
  wantsThinking: boolean
  isStarted: boolean
  isOver: boolean
  isRefusal: boolean
  hasCalls: boolean
  usage: unknown
  stop: Stop
}

const start = (message: Message, chunk: JsonObject): string => {
  if (message.isStarted) return ''
  message.isStarted = true
  return opening(chunk)
}

const choiceEvents = (message: Message, choice: JsonObject): string => {
  const { blocks } = message
  const delta = isObject(choice.delta) ? choice.delta : {}
  const thoughts = message.wantsThinking ? thoughtsOf(delta) : ''
  let written = thoughts === '' ? '' : blocks.thinking(thoughts)
  for (const text of [delta.content, delta.refusal]) {
    if (typeof text === 'string' && text !== '') written += blocks.text(text)
  }
  message.isRefusal ||= typeof delta.refusal === 'string' && delta.refusal !== ''
  message.hasCalls ||= objectsOf(delta.tool_calls).length > 0
  if (typeof choice.finish_reason === 'string') message.stop = toStop(choice, message)
  return written + blocks.toolCalls(delta.tool_calls)
}

const chunkEvents = (message: Message, chunk: JsonObject): string => {
  if (chunk.error) {
    message.isOver = true
    return failed(chunk.error)
  }
  message.usage = chunk.usage ?? message.usage
  const choices = objectsOf(chunk.choices)
  // Azure's first chunk is about the prompt's filters and names neither answer nor model.
  if (choices.length === 0) return ''
  return start(message, chunk) + choices.map((choice) => choiceEvents(message, choice)).join('')
}

const finish = (message: Message): string => {
  message.isOver = true
  const usage = toAnthropicUsage(message.usage)
  const ending = encodeEvent('message_delta', { delta: message.stop, usage })
  return start(message, {}) + message.blocks.end() + ending + encodeEvent('message_stop', {})
}

/** Writes one message. Thoughts are written where the caller asked for thinking. */
export const createMessageWriter = (wantsThinking: boolean): EventWriter => {
  const message: Message = {
    blocks: createBlockWriter(),
    wantsThinking,
    isStarted: false,
    isOver: false,
    isRefusal: false,
    hasCalls: false,
    usage: null,
    stop: toStop({}, { isRefusal: false, hasCalls: false }),
  }
  return {
    event: (data) => {
      if (data.trim() === DONE) return finish(message)
      const chunk: unknown = JSON.parse(data)
      return isObject(chunk) ? chunkEvents(message, chunk) : ''
    },
    cut: errorEvent,
    get isOver() {
      return message.isOver
    },
  }
}
