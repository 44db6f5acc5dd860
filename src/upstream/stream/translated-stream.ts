// A provider's event stream of another dialect → an OpenAI chat stream. Each whole event of the provider becomes chat
// chunks, which then take the same way as an OpenAI provider's own bytes: first content, usage, cost and the end of the
// answer are judged in one place (chat-stream.ts), and what the client gets cannot depend on how the network cut it.

import type { EventTranslator } from '../../dialects/chat/event-translator.ts'
import { parseObject } from '../../dialects/json.ts'
import { createFrameSplitter, encodeData, readData } from '../../dialects/sse.ts'
import type { ChatStream } from './chat-stream.ts'

/** `inner` (from createChatStream) behind a translator. */
export const createTranslatedStream = (
  inner: ChatStream,
  translator: EventTranslator,
): ChatStream => {
  const splitter = createFrameSplitter()
  const forward = (frames: Uint8Array[]): void => {
    for (const frame of frames) inner.push(frame)
  }
  let isEnded = false
  return {
    push: (bytes) => {
      for (const frame of splitter.push(bytes)) forward(translator.event(frame))
    },
    end: () => {
      if (isEnded) return
      isEnded = true
      // A last event without its blank line still counts; half an event is the trace of a cut, and says nothing.
      const data = readData(splitter.rest())
      if (data !== null && parseObject(data) !== null) forward(translator.event(encodeData(data)))
      forward(translator.end())
      inner.end()
    },
    add: inner.add,
    take: inner.take,
    get waitingBytes() {
      return inner.waitingBytes
    },
    get unfinishedBytes() {
      return splitter.bufferedBytes
    },
    get events() {
      return inner.events
    },
    get hasContent() {
      return inner.hasContent
    },
    get isFinished() {
      return inner.isFinished
    },
    get isComplete() {
      return inner.isComplete
    },
    get errorPayload() {
      return inner.errorPayload
    },
    get usage() {
      return inner.usage ?? translator.usage
    },
    sample: inner.sample,
  }
}
