// Chat answers → Responses: a stream of chunks as events, or a whole answer as one response.

import type { ErrorCode } from '../../errors.ts'
import type { ReplyDialect } from '../chat/reply-dialect.ts'
import { type EventWriter, translateEvents } from '../event-stream.ts'
import { isObject, type JsonObject, parseObject } from '../json.ts'
import { DONE_DATA } from '../sse.ts'
import {
  createGrowingResponse,
  type GrowingResponse,
  type ResponsesDialectOptions,
} from './growing-response.ts'
import { watchNative } from './watch-native.ts'

const createWriter = (response: GrowingResponse): EventWriter => {
  let isOver = false
  const fail = (error: JsonObject): string => {
    isOver = true
    response.fail(error)
    return response.takeEvents()
  }
  return {
    event: (data) => {
      if (data.trim() === DONE_DATA) {
        isOver = true
        response.finish()
        return `${response.takeEvents()}data: ${DONE_DATA}\n\n`
      }
      const chunk = parseObject(data)
      if (chunk === null) return '' // cannot happen: the upstream drops what is not JSON
      if (chunk.error != null) {
        return fail(isObject(chunk.error) ? chunk.error : { message: String(chunk.error) })
      }
      response.add(chunk)
      return response.takeEvents()
    },
    cut: (message) => fail({ code: 'upstream_interrupted' satisfies ErrorCode, message }),
    get isOver() {
      return isOver
    },
  }
}

/** The dialect of one answer; ids and times come from `options`. */
export const createResponsesDialect = (options: ResponsesDialectOptions): ReplyDialect => ({
  name: 'responses',
  json: (body) => {
    const response = createGrowingResponse(options)
    response.add(body)
    response.finish()
    return response.value()
  },
  stream: (source) => translateEvents(source, createWriter(createGrowingResponse(options))),
  native: watchNative(options.onResponse),
})
