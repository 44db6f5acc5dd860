// Provider bytes → the bytes the client gets, and what is known of the answer so far. Pure: relay.ts does the reading.
// Events pass unchanged but for four: invalid ones are dropped, those that are not in OpenAI's form are brought into it, the
// usage chunk is dropped where the caller had not asked for it, and gets `usage.cost` where it had.
import type { Price } from '../../core/decide/cost.ts'
import type { Usage } from '../../core/types.ts'
import { concatBytes } from '../../dialects/byte-queue.ts'
import type { AnswerNames } from '../../dialects/chat/answer-changes.ts'
import { createChunkMender } from '../../dialects/chat/mend-stream.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import {
  createFrameSplitter,
  DONE_DATA,
  encodeData,
  readData,
  replaceData,
} from '../../dialects/sse.ts'
import type { RouterError } from '../../errors.ts'
import { type ChatChunk, readChunk, readStreamEvent, type StreamEvent } from './chat-chunk.ts'
import { createTextSample, type TextSample, withCost } from './usage.ts'

export interface ChatStreamOptions {
  /** Whether the caller set `stream_options.include_usage`. */
  isUsageAsked: boolean
  /** Choices that must finish before the answer is whole: the caller's `n`. */
  choices: number
  /** What stands in for an id and a model's name that the provider does not give. */
  names: AnswerNames
  price: Price
  onInvalidEvent: () => void
}

export interface ChatStream {
  /** Takes bytes of the provider; those behind the end of the answer are ignored. */
  push(bytes: Uint8Array): void
  /** The provider's end: a last event without its blank line still counts, a missing `[DONE]` is added if all is there. */
  end(): void
  /** Puts an event of our own behind those that wait. */
  add(event: Uint8Array): void
  /** A failure as the last event of the stream, where that is not in OpenAI's form. */
  tellError?(failure: RouterError): Uint8Array
  /** The bytes that wait for the client; empties the queue. */
  take(): Uint8Array
  readonly waitingBytes: number
  /** Bytes of an event that has not ended yet. */
  readonly unfinishedBytes: number
  /** Events with data so far. */
  readonly events: number
  readonly hasContent: boolean
  /** Every choice has its finish_reason. */
  readonly isFinished: boolean
  /** `[DONE]` has been seen or added. */
  readonly isComplete: boolean
  /** Payload of the error event that ended the stream, or null. */
  readonly errorPayload: Record<string, unknown> | null
  readonly usage: Usage | null
  readonly sample: TextSample
}

const NAMELESS = {
  error: { message: 'The provider called a tool without naming it.', type: 'server_error' },
}

export const createChatStream = (options: ChatStreamOptions): ChatStream => {
  const splitter = createFrameSplitter()
  const sample = createTextSample()
  const finished = new Set<number>()
  const mender = createChunkMender(options.names)
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let events = 0
  let hasContent = false
  let isComplete = false
  let errorPayload: Record<string, unknown> | null = null
  let usage: Usage | null = null

  const add = (event: Uint8Array): void => {
    waiting.push(event)
    waitingBytes += event.length
  }
  const isFinished = (): boolean => finished.size >= options.choices

  const admitChunk = (given: ChatChunk, bytes: Uint8Array): void => {
    const value = mender.mend(given.value)
    if (mender.hasNameless) {
      errorPayload = NAMELESS
      return
    }
    const isAsItCame = value === given.value
    const chunk = isAsItCame ? given : readChunk(value)
    const frame = isAsItCame ? bytes : replaceData(bytes, writeJson(value))
    hasContent ||= chunk.hasContent
    usage = chunk.usage ?? usage
    sample.add(chunk.text)
    for (const choice of chunk.finished) finished.add(choice)
    if (chunk.isUsageOnly && !options.isUsageAsked) return
    const isLastUsage = chunk.usage !== null && (chunk.isUsageOnly || isFinished())
    const isPriced = isLastUsage && options.isUsageAsked
    add(isPriced ? replaceData(frame, writeJson(withCost(chunk.value, options.price))) : frame)
  }
  const admit = (event: StreamEvent, frame: Uint8Array): void => {
    if (isComplete || errorPayload !== null) return
    if (event.kind !== 'silent') events += 1
    if (event.kind === 'chunk') admitChunk(event, frame)
    else if (event.kind === 'invalid') options.onInvalidEvent()
    else if (event.kind === 'error') errorPayload = event.payload
    else if (event.kind === 'silent' || readData(frame) === DONE_DATA) add(frame)
    else add(encodeData(DONE_DATA))
    isComplete = event.kind === 'done'
  }

  return {
    push: (bytes) => {
      for (const frame of splitter.push(bytes)) admit(readStreamEvent(frame), frame)
    },
    end: () => {
      const event = readStreamEvent(splitter.rest())
      // Half an event is the trace of a cut, not an invalid event: it is left out without a word.
      if (event.kind !== 'invalid' && event.kind !== 'silent') {
        admit(event, terminate(splitter.rest()))
      }
      if (isComplete || errorPayload !== null || !isFinished()) return
      isComplete = true
      add(encodeData(DONE_DATA))
    },
    add,
    take: () => {
      const bytes = concatBytes(waiting)
      waiting = []
      waitingBytes = 0
      return bytes
    },
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
      return isFinished()
    },
    get isComplete() {
      return isComplete
    },
    get errorPayload() {
      return errorPayload
    },
    get usage() {
      return usage
    },
    sample,
  }
}

const LF = 0x0a

const terminate = (frame: Uint8Array): Uint8Array =>
  concatBytes([frame, new Uint8Array(frame.at(-1) === LF ? [LF] : [LF, LF])])
