// Provider bytes → the bytes that the client gets, and what is known of the answer so far. Pure: relay.ts does the reading.
// Events are cut, queued and counted here for every dialect; an EventReader says what an event means.

import type { Price } from '../../core/decide/cost.ts'
import type { AnswerFlaw, Usage } from '../../core/types.ts'
import { createByteQueue } from '../../dialects/byte-queue.ts'
import type { AnswerNames } from '../../dialects/chat/answer-changes.ts'
import type { JsonObject } from '../../dialects/json.ts'
import { createFrameSplitter } from '../../dialects/sse.ts'
import type { RouterError } from '../../errors.ts'
import { createTextSample, type TextSample } from './usage.ts'

export interface AnswerStreamOptions {
  /** Whether the caller set `stream_options.include_usage`. */
  isUsageAsked: boolean
  /** Choices that must finish before the answer is whole: the caller's `n`. */
  choices: number
  /** What stands in for an id and a model's name that the provider does not give. */
  names: AnswerNames
  price: Price
  onInvalidEvent: () => void
}

/** How far an answer has come. */
export interface AnswerProgress {
  /** Events with data so far. */
  events: number
  hasContent: boolean
  /** What the first content was; null before it. */
  opening: 'answer' | 'refusal' | null
  /** Every choice has its finish reason. */
  isFinished: boolean
  /** The event that ends an answer has been seen or added. */
  isComplete: boolean
  /** Payload of the error event that ended the stream, or null. */
  errorPayload: JsonObject | null
  /** Of the choice that finished last. */
  flaw: AnswerFlaw | undefined
}

/** What a reader writes to. */
export interface AnswerOutput {
  progress: AnswerProgress
  sample: TextSample
  /** Puts an event behind those that wait for the client. */
  add(event: Uint8Array): void
}

/** Reads the events of one dialect; what comes after the end of the answer, or after a failure, is ignored. */
export interface EventReader {
  /** One whole event. */
  event(frame: Uint8Array): void
  /**
   * The provider's end; called once.
   * @param rest a last event without its blank line, which still counts; half an event is the trace of a cut
   */
  end(rest: Uint8Array): void
  /** A failure as the last event of the stream, where that is not in OpenAI's form. */
  tellError?(failure: RouterError): Uint8Array
  readonly usage: Usage | null
}

export interface AnswerStream extends Pick<AnswerOutput, 'add' | 'sample'> {
  /** Takes bytes of the provider; those behind the end of the answer are ignored. */
  push(bytes: Uint8Array): void
  /** The provider's end: an end of the answer that was not sent is added where all choices are finished. */
  end(): void
  /** The bytes that wait for the client; empties the queue. */
  take(): Uint8Array
  tellError: EventReader['tellError']
  readonly progress: Readonly<AnswerProgress>
  readonly waitingBytes: number
  /** Bytes of an event that has not ended yet. */
  readonly unfinishedBytes: number
  readonly usage: Usage | null
}

const atStart = (): AnswerProgress => ({
  events: 0,
  hasContent: false,
  opening: null,
  isFinished: false,
  isComplete: false,
  errorPayload: null,
  flaw: undefined,
})

export const isOver = ({ isComplete, errorPayload }: AnswerProgress): boolean =>
  isComplete || errorPayload !== null

export const createAnswerStream = (
  createReader: (output: AnswerOutput) => EventReader,
): AnswerStream => {
  const splitter = createFrameSplitter()
  const waiting = createByteQueue()
  const progress = atStart()
  const sample = createTextSample()
  const reader = createReader({ progress, sample, add: waiting.add })
  let isEnded = false
  return {
    push: (bytes) => {
      for (const frame of splitter.push(bytes)) reader.event(frame)
    },
    end: () => {
      if (!isEnded) reader.end(splitter.rest())
      isEnded = true
    },
    take: waiting.take,
    add: waiting.add,
    tellError: reader.tellError,
    progress,
    sample,
    get waitingBytes() {
      return waiting.size
    },
    get unfinishedBytes() {
      return splitter.bufferedBytes
    },
    get usage() {
      return reader.usage
    },
  }
}
