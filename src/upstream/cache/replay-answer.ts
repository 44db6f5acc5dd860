// A cached answer → a reply in the form of this request (stream or JSON).

import { concatBytes } from '../../dialects/byte-queue.ts'
import { assembleCompletion } from '../../dialects/chat/assemble-completion.ts'
import { completionChunks } from '../../dialects/chat/completion-chunks.ts'
import type { ChatBody } from '../../dialects/chat/upstream-request.ts'
import { isObject, type JsonObject, parseObject } from '../../dialects/json.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { createFrameSplitter, DONE_DATA, encodeData } from '../../dialects/sse.ts'
import type { EndSignal } from '../../jobs/end-signal.ts'
import { replay } from '../resilience/hold-back.ts'
import { readStreamEvent } from '../stream/chat-chunk.ts'
import type { UpstreamReply } from '../upstream.ts'
import type { KeptAnswer } from './answer-cache.ts'

const decoder = new TextDecoder()

const chunksIn = (bytes: Uint8Array): JsonObject[] =>
  createFrameSplitter()
    .push(bytes)
    .map(readStreamEvent)
    .flatMap((event) => (event.kind === 'chunk' ? [event.value] : []))

const bodyOf = (answer: KeptAnswer): JsonObject => {
  const { form, bytes, wireUsage } = answer
  const body =
    form === 'json' ? parseObject(decoder.decode(bytes)) : assembleCompletion(chunksIn(bytes))
  return { ...body, ...(wireUsage && { usage: wireUsage }) }
}

const isUsageAsked = ({ stream_options: asked }: ChatBody): boolean =>
  isObject(asked) && asked.include_usage === true

const usageChunk = ({ choices: _, ...first }: JsonObject, usage: JsonObject): Uint8Array =>
  encodeData(writeJson({ ...first, choices: [], usage }))

const chatEvents = (answer: KeptAnswer, body: ChatBody): Uint8Array[] => {
  const { form, bytes, wireUsage } = answer
  const isJson = form === 'json'
  const chunks = isJson ? completionChunks(bodyOf(answer)) : chunksIn(bytes)
  const events = isJson ? chunks.map((chunk) => encodeData(writeJson(chunk))) : [bytes]
  const [first = {}] = chunks
  const usage = wireUsage && isUsageAsked(body) ? [usageChunk(first, wireUsage)] : []
  return [...events, ...usage, encodeData(DONE_DATA)]
}

/**
 * @param body of the request that gets the answer; `signal` aborts when its client disconnects. An answer in Anthropic's dialect is
 * replayed in its stored form, so its key must differ between streams and JSON.
 */
export const replayAnswer = (
  answer: KeptAnswer,
  { body, signal }: { body: ChatBody; signal: EndSignal },
): UpstreamReply => {
  const { dialect, usage } = answer
  const isStream = dialect === 'openai' ? body.stream === true : answer.form === 'stream'
  if (!isStream) return { kind: 'json', status: 200, dialect, body: bodyOf(answer), usage }
  const parts = dialect === 'openai' ? chatEvents(answer, body) : [answer.bytes]
  const end = Promise.resolve({ outcome: 'served' as const, usage, errorCode: null })
  const replayed = replay([concatBytes(parts)], { end, signal })
  return { kind: 'stream', status: 200, dialect, ...replayed }
}
