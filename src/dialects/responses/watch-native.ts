// An answer that its provider already wrote in this dialect, passed on as it came: its last event is read in passing.
import { isObject, type JsonObject, parseObject } from '../json.ts'
import { createFrameSplitter, readData } from '../sse.ts'

const ENDS = ['response.completed', 'response.incomplete']

/** Only the last event is worth parsing: its type stands at its beginning. */
const responseIn = (frame: Uint8Array): JsonObject | null => {
  const data = readData(frame)
  if (data === null || !ENDS.some((type) => data.slice(0, 200).includes(type))) return null
  const event = parseObject(data)
  return event !== null && ENDS.includes(String(event.type)) && isObject(event.response)
    ? event.response
    : null
}

export interface NativeWatch {
  json(body: JsonObject): JsonObject
  stream(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array>
}

export const watchNative = (onResponse: (response: JsonObject) => void): NativeWatch => ({
  json: (body) => {
    onResponse(body)
    return body
  },
  stream: (source) => {
    const reader = source.getReader()
    const splitter = createFrameSplitter()
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { done, value } = await reader.read()
          if (done) return controller.close()
          const ended = splitter
            .push(value)
            .map(responseIn)
            .find((found) => found !== null)
          if (ended) onResponse(ended)
          controller.enqueue(value)
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    )
  },
})
