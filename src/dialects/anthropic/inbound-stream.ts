// Chat chunks → Anthropic's named events. The finish is told only behind [DONE]: a client that has seen stop_reason has
// seen the whole answer.

import type { EventWriter } from '../event-stream.ts'
import { isObject, type JsonObject, objectsOf } from '../json.ts'
import { createBlockWriter, encodeEvent } from './inbound-blocks.ts'
import { anthropicErrorType } from './inbound-error.ts'
import { type Stop, thoughtsOf, toAnthropicUsage, toMessageId, toStop } from './inbound-usage.ts'

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
    // What the prompt took is known only at the end: message_delta says it again, and right.
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

/** Writes one message. Thoughts are told where the caller asked for thinking. */
export const createMessageWriter = (wantsThinking: boolean): EventWriter => {
  const blocks = createBlockWriter()
  let isStarted = false
  let isOver = false
  let isRefusal = false
  let hasCalls = false
  let usage: unknown = null
  let stop: Stop = toStop({}, { isRefusal: false, hasCalls: false })

  const start = (chunk: JsonObject): string => {
    if (isStarted) return ''
    isStarted = true
    return opening(chunk)
  }
  const choiceEvents = (choice: JsonObject): string => {
    const delta = isObject(choice.delta) ? choice.delta : {}
    const thoughts = wantsThinking ? thoughtsOf(delta) : ''
    let written = thoughts === '' ? '' : blocks.thinking(thoughts)
    for (const text of [delta.content, delta.refusal]) {
      if (typeof text === 'string' && text !== '') written += blocks.text(text)
    }
    isRefusal ||= typeof delta.refusal === 'string' && delta.refusal !== ''
    hasCalls ||= objectsOf(delta.tool_calls).length > 0
    if (typeof choice.finish_reason === 'string') stop = toStop(choice, { isRefusal, hasCalls })
    return written + blocks.toolCalls(delta.tool_calls)
  }
  const finish = (): string => {
    isOver = true
    const told = encodeEvent('message_delta', { delta: stop, usage: toAnthropicUsage(usage) })
    return start({}) + blocks.end() + told + encodeEvent('message_stop', {})
  }
  const chunkEvents = (chunk: JsonObject): string => {
    if (chunk.error) {
      isOver = true
      return failed(chunk.error)
    }
    usage = chunk.usage ?? usage
    const choices = objectsOf(chunk.choices)
    // Azure's first chunk is about the prompt's filters and names neither answer nor model.
    if (choices.length === 0) return ''
    return start(chunk) + choices.map(choiceEvents).join('')
  }
  return {
    event: (data) => {
      if (data.trim() === DONE) return finish()
      const chunk: unknown = JSON.parse(data)
      return isObject(chunk) ? chunkEvents(chunk) : ''
    },
    cut: errorEvent,
    get isOver() {
      return isOver
    },
  }
}
