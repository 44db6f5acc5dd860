// A provider's event stream of another dialect → an OpenAI chat stream. Each complete event becomes chat chunks, which are processed
// like those of an OpenAI provider: first content, usage, cost and end are handled in one place (chat-stream.ts), and the result does
// not depend on how the network split the bytes.

import type { EventTranslator } from '../../dialects/chat/event-translator.ts'
import { parseObject } from '../../dialects/json.ts'
import { encodeData, readData } from '../../dialects/sse.ts'
import {
  type AnswerStream,
  type AnswerStreamOptions,
  createAnswerStream,
  type EventReader,
} from './answer-stream.ts'
import { createChatReader } from './chat-stream.ts'

const NOTHING = new Uint8Array()

const translatedReader = (chat: EventReader, translator: EventTranslator): EventReader => {
  const forward = (frames: Uint8Array[]): void => {
    for (const frame of frames) chat.event(frame)
  }
  return {
    event: (frame) => forward(translator.event(frame)),
    end: (rest) => {
      const data = readData(rest)
      if (data !== null && parseObject(data) !== null) forward(translator.event(encodeData(data)))
      forward(translator.end())
      chat.end(NOTHING)
    },
    get usage() {
      return chat.usage ?? translator.usage
    },
  }
}

export const createTranslatedStream = (
  options: AnswerStreamOptions,
  translator: EventTranslator,
): AnswerStream =>
  createAnswerStream((output) => translatedReader(createChatReader(options, output), translator))
