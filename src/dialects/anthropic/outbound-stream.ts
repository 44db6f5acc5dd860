// Anthropic's events → chat chunks. The finish reason is sent at message_stop, together with usage and [DONE]: a client
// that has seen a finish_reason has seen the whole answer.

import type { EventTranslator } from '../chat/event-translator.ts'
import { isObject, type JsonObject, parseObject } from '../json.ts'
import { writeJson } from '../lossless-json.ts'
import { DONE_DATA, encodeData, readData } from '../sse.ts'
import {
  continueBlock,
  createOpenBlocks,
  type OpenBlocks,
  startBlock,
  stopBlock,
  stopCalls,
} from './outbound-blocks.ts'
import { toErrorPayload } from './outbound-errors.ts'
import { refusalOf, toCompletionId, toFinishReason } from './outbound-reply.ts'
import { mergeCounts, type TokenCounts, toOpenAiUsage, toUsage } from './outbound-usage.ts'

/** One answer, as far as it has been read. */
interface Answer {
  /** What every chunk repeats: id, model, time. */
  base: JsonObject
  counts: TokenCounts | null
  stopReason: unknown
  refusal: string | null
  open: OpenBlocks
}

const encodeChunk = (
  { base }: Answer,
  delta: JsonObject,
  finish: string | null = null,
): Uint8Array =>
  encodeData(writeJson({ ...base, choices: [{ index: 0, delta, finish_reason: finish }] }))

const startAnswer = (answer: Answer, { message }: JsonObject): Uint8Array[] => {
  const { id, model, usage } = isObject(message) ? message : {}
  answer.base = { ...answer.base, id: toCompletionId(id), model }
  answer.counts = mergeCounts(answer.counts, usage)
  return [encodeChunk(answer, { role: 'assistant', content: '' })]
}

const readEnding = (answer: Answer, { delta, usage }: JsonObject): Uint8Array[] => {
  if (isObject(delta)) {
    answer.stopReason = delta.stop_reason ?? answer.stopReason
    answer.refusal = refusalOf(delta) ?? answer.refusal
  }
  answer.counts = mergeCounts(answer.counts, usage)
  return []
}

const finishAnswer = (answer: Answer): Uint8Array[] => {
  const { base, counts, refusal, stopReason, open } = answer
  const usage = counts && { ...base, choices: [], usage: toOpenAiUsage(counts) }
  return [
    ...stopCalls(open).map((delta) => encodeChunk(answer, delta)),
    ...(refusal === null ? [] : [encodeChunk(answer, { refusal })]),
    encodeChunk(answer, {}, toFinishReason(stopReason)),
    ...(usage ? [encodeData(writeJson(usage))] : []),
    encodeData(DONE_DATA),
  ]
}

type EventHandler = (answer: Answer, event: JsonObject) => Uint8Array[]

const blockHandler =
  (read: (open: OpenBlocks, event: JsonObject) => JsonObject | null): EventHandler =>
  (answer, event) => {
    const delta = read(answer.open, event)
    return delta === null ? [] : [encodeChunk(answer, delta)]
  }

const HANDLERS = new Map<unknown, EventHandler>([
  ['message_start', startAnswer],
  ['content_block_start', blockHandler(startBlock)],
  ['content_block_delta', blockHandler(continueBlock)],
  ['content_block_stop', blockHandler(stopBlock)],
  ['message_delta', readEnding],
  ['message_stop', finishAnswer],
  ['error', (_, event) => [encodeData(writeJson(toErrorPayload(event)))]],
])

/** @param nowMs epoch milliseconds, for `created` */
export const createEventTranslator = (nowMs: number): EventTranslator => {
  const created = Math.floor(nowMs / 1_000)
  const answer: Answer = {
    base: { id: toCompletionId(null), object: 'chat.completion.chunk', created },
    counts: null,
    stopReason: null,
    refusal: null,
    open: createOpenBlocks(),
  }
  return {
    event: (frame) => {
      const data = readData(frame)
      if (data === null) return []
      const event = parseObject(data)
      if (event === null) return [frame]
      return HANDLERS.get(event.type)?.(answer, event) ?? []
    },
    end: () => [],
    get usage() {
      return toUsage(answer.counts)
    },
  }
}
