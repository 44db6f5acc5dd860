// Events of a provider for a caller who speaks its dialect: each passes as it came, but for those that the dialect's own
// rules rewrite. What the dialects differ in is `NativeRules`.

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

/** What one event means. */
export interface NativeEvent {
  hasContent: boolean
  /** The answer is whole with it. */
  isEnd: boolean
  /** Text of the answer in it, for counting tokens where the provider does not. */
  text: string
  /** Of an event that says why the answer ended. */
  flaw: AnswerFlaw | undefined
  /** The payload of a failure; the event is then not handed on. */
  error: JsonObject | null
  /** What is handed on: the frame itself, or with other data. */
  frame: Uint8Array
}

/** Of one stream. */
export interface NativeRules {
  read(event: JsonObject, frame: Uint8Array): NativeEvent
  /** As far as it is known. */
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
