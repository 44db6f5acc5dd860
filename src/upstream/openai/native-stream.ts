// Relays events of the Responses API to a caller of that API: unchanged, except the last, whose usage gets the cost. The answer is
// complete with the response's final event; `[DONE]` after it is added by the router.

import type { AnswerFlaw, Usage } from '../../core/types.ts'
import { concatBytes } from '../../dialects/byte-queue.ts'
import { isObject, type JsonObject, textOf } from '../../dialects/json.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { DONE_DATA, encodeData, replaceData } from '../../dialects/sse.ts'
import type { RouterError } from '../../errors.ts'
import { responseFlaw } from '../resilience/answer-flaw.ts'
import type { AnswerStream, AnswerStreamOptions } from '../stream/answer-stream.ts'
import { createNativeEventStream } from '../stream/native-stream.ts'
import { readNativeUsage, withNativeCost } from './native.ts'

const ENDS = ['response.completed', 'response.incomplete']

const carriesContent = (type: string): boolean =>
  type.endsWith('.delta') || type === 'response.output_item.done' || ENDS.includes(type)

/** The payload of `error`, and of `response.failed`; null for any other event. */
const errorOf = (event: JsonObject): JsonObject | null => {
  if (event.type === 'error')
    return isObject(event.error) ? { error: event.error } : { error: event }
  if (event.type !== 'response.failed') return null
  const { error } = isObject(event.response) ? event.response : {}
  return { error: isObject(error) ? error : { message: 'The provider gave up its answer.' } }
}

const flawIn = ({ type, response }: JsonObject): AnswerFlaw | undefined => {
  if (type === 'response.refusal.delta') return 'refused'
  return ENDS.includes(textOf(type)) && isObject(response) ? responseFlaw(response) : undefined
}

const tellError = ({ message }: RouterError): Uint8Array => {
  const error = { code: 'upstream_interrupted', message, param: null }
  const event = { type: 'error', ...error, error: { type: 'server_error', ...error } }
  return new TextEncoder().encode(`event: error\ndata: ${JSON.stringify(event)}\n\n`)
}

export const createNativeStream = (options: AnswerStreamOptions): AnswerStream => {
  let usage: Usage | null = null
  const ended = (event: JsonObject, frame: Uint8Array): Uint8Array => {
    if (!isObject(event.response)) return frame
    usage = readNativeUsage(event.response.usage)
    const response = withNativeCost(event.response, options.price)
    const priced =
      response === event.response ? frame : replaceData(frame, writeJson({ ...event, response }))
    return concatBytes([priced, encodeData(DONE_DATA)])
  }
  return createNativeEventStream(options, {
    read: (event, frame) => {
      const type = textOf(event.type)
      const isEnd = ENDS.includes(type)
      return {
        hasContent: carriesContent(type),
        isEnd,
        text: type.endsWith('.delta') ? textOf(event.delta) : '',
        flaw: flawIn(event),
        error: errorOf(event),
        frame: isEnd ? ended(event, frame) : frame,
      }
    },
    get usage() {
      return usage
    },
    tellError,
  })
}
