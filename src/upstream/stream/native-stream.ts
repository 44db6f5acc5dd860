// Relays a provider's events to a caller of the same dialect, unchanged except for the dialect's own rewrites (`NativeRules`).

import type { AnswerFlaw, Usage } from '../../core/types.ts'
import { concatBytes } from '../../dialects/byte-queue.ts'
import { type JsonObject, parseObject } from '../../dialects/json.ts'
import { readData } from '../../dialects/sse.ts'
import type { RouterError } from '../../errors.ts'
import {
  type AnswerOutput,
  type AnswerStream,
  type AnswerStreamOptions,
  createAnswerStream,
  type EventReader,
  isOver,
} from './answer-stream.ts'

/** The meaning of one event. */
export interface NativeEvent {
  hasContent: boolean
  /** It completes the answer. */
  isEnd: boolean
  /** Its text of the answer, to count tokens where the provider does not. */
  text: string
  /** Flaw, for an event with a finish reason. */
  flaw: AnswerFlaw | undefined
  /** The payload of a failure; the event is then not relayed. */
  error: JsonObject | null
  /** The relayed frame: the original, or with changed data. */
  frame: Uint8Array
}

/** The rules for one stream. */
export interface NativeRules {
  read(event: JsonObject, frame: Uint8Array): NativeEvent
  /** Usage as far as it is known. */
  readonly usage: Usage | null
  tellError(failure: RouterError): Uint8Array
}

const BLANK_LINE = new TextEncoder().encode('\n\n')

const createNativeReader = (
  rules: NativeRules,
  { progress, sample, add }: AnswerOutput,
  onInvalidEvent: () => void,
): EventReader => {
  const admitEvent = (event: JsonObject, frame: Uint8Array): void => {
    const read = rules.read(event, frame)
    progress.errorPayload = read.error
    if (read.error !== null) return
    progress.hasContent ||= read.hasContent
    if (read.hasContent) progress.opening ??= read.flaw === 'refused' ? 'refusal' : 'answer'
    progress.flaw ??= read.flaw
    progress.isComplete = read.isEnd
    progress.isFinished = read.isEnd
    sample.add(read.text)
    add(read.frame)
  }
  const admit = (frame: Uint8Array): void => {
    if (isOver(progress)) return
    const data = readData(frame)
    if (data !== null) progress.events += 1
    const event = data === null ? null : parseObject(data)
    if (event !== null) admitEvent(event, frame)
    else if (data !== null) onInvalidEvent()
    else add(frame)
  }
  return {
    event: admit,
    end: (rest) => {
      if (parseObject(readData(rest) ?? '') !== null) admit(concatBytes([rest, BLANK_LINE]))
    },
    tellError: rules.tellError,
    get usage() {
      return rules.usage
    },
  }
}

export const createNativeEventStream = (
  { onInvalidEvent }: AnswerStreamOptions,
  rules: NativeRules,
): AnswerStream => createAnswerStream((output) => createNativeReader(rules, output, onInvalidEvent))
