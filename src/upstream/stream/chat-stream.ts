// Relays an OpenAI chat stream. Events pass unchanged, except: invalid ones are dropped, those in other forms are converted to OpenAI's,
// and the usage chunk is dropped where the caller did not request it, or gets `usage.cost`.
import type { Usage } from '../../core/types.ts'
import { concatBytes } from '../../dialects/byte-queue.ts'
import { usageOf } from '../../dialects/chat/answer-changes.ts'
import {
  type ChunkNormaliser,
  createChunkNormaliser,
} from '../../dialects/chat/normalise-stream.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { DONE_DATA, encodeData, readData, replaceData } from '../../dialects/sse.ts'
import {
  type AnswerOutput,
  type AnswerStream,
  type AnswerStreamOptions,
  createAnswerStream,
  type EventReader,
  isOver,
} from './answer-stream.ts'
import {
  type ChatChunk,
  readChunk,
  readStreamEvent,
  type StreamEvent,
  strayUsage,
} from './chat-chunk.ts'
import { createRepeatedFrames, type RepeatedFrames } from './repeated-frames.ts'
import { withCost } from './usage.ts'

const NAMELESS = {
  error: { message: 'The provider called a tool without naming it.', type: 'server_error' },
}

interface State extends AnswerOutput {
  options: AnswerStreamOptions
  normaliser: ChunkNormaliser
  repeated: RepeatedFrames
  /** Indexes of the choices that have finished. */
  finished: Set<number>
  usage: Usage | null
}

/** Records the chunk's facts about the answer. */
const noteChunk = (state: State, chunk: ChatChunk): void => {
  const { progress, finished } = state
  progress.hasContent ||= chunk.hasContent
  if (chunk.hasContent) progress.opening ??= chunk.isRefusal ? 'refusal' : 'answer'
  state.usage = chunk.usage ?? state.usage
  state.sample.add(chunk.text)
  for (const choice of chunk.finished) finished.add(choice)
  progress.flaw ??= chunk.flaw
  progress.isFinished = finished.size >= state.options.choices
}

const admitChunk = (state: State, received: ChatChunk, bytes: Uint8Array): void => {
  const { progress, normaliser } = state
  const { isUsageAsked, price } = state.options
  const normalised = normaliser.normalise(received.value)
  const usage = isUsageAsked ? strayUsage(normalised) : undefined
  const value = usage === undefined ? normalised : { ...normalised, usage: usageOf(usage) }
  if (normaliser.hasNameless) {
    progress.errorPayload = NAMELESS
    return
  }
  const isUnchanged = value === received.value
  if (isUnchanged) state.repeated.learn(bytes, received)
  const chunk = isUnchanged ? received : readChunk(value)
  const frame = isUnchanged ? bytes : replaceData(bytes, writeJson(value))
  noteChunk(state, chunk)
  if (chunk.isUsageOnly && !isUsageAsked) return
  const isLastUsage = chunk.usage !== null && (chunk.isUsageOnly || progress.isFinished)
  const isPriced = isLastUsage && isUsageAsked
  state.add(isPriced ? replaceData(frame, writeJson(withCost(chunk.value, price))) : frame)
}

/** `[DONE]`, after ending choices that the provider left open. */
const finish = (state: State, done: Uint8Array): void => {
  const { progress, normaliser } = state
  const owed = progress.hasContent ? normaliser.finish() : null
  if (owed !== null) admitChunk(state, readChunk(owed), encodeData(writeJson(owed)))
  if (progress.errorPayload !== null) return
  progress.isComplete = true
  state.add(done)
}

/** A chunk of which nothing but the text is new. */
const admitText = ({ progress, sample, add }: State, text: string, frame: Uint8Array): void => {
  progress.events += 1
  progress.hasContent = true
  progress.opening ??= 'answer'
  sample.add(text)
  add(frame)
}

const admit = (state: State, event: StreamEvent, frame: Uint8Array): void => {
  const { progress } = state
  state.repeated.forget()
  if (isOver(progress)) return
  if (event.kind !== 'silent') progress.events += 1
  if (event.kind === 'chunk') admitChunk(state, event, frame)
  else if (event.kind === 'invalid') state.options.onInvalidEvent()
  else if (event.kind === 'error') progress.errorPayload = event.payload
  else if (event.kind === 'silent') state.add(frame)
  else finish(state, readData(frame) === DONE_DATA ? frame : encodeData(DONE_DATA))
}

export const createChatReader = (
  options: AnswerStreamOptions,
  output: AnswerOutput,
  repeated = createRepeatedFrames(),
): EventReader => {
  const normaliser = createChunkNormaliser(options.names)
  const own = { normaliser, repeated, finished: new Set<number>(), usage: null }
  const state: State = { ...output, options, ...own }
  const { progress } = output
  return {
    event: (frame) => {
      const text = isOver(progress) ? null : repeated.textOf(frame)
      if (text === null) admit(state, readStreamEvent(frame), frame)
      else admitText(state, text, frame)
    },
    end: (rest) => {
      const event = readStreamEvent(rest)
      if (event.kind !== 'invalid' && event.kind !== 'silent') admit(state, event, terminate(rest))
      if (isOver(progress) || !progress.isFinished) return
      progress.isComplete = true
      output.add(encodeData(DONE_DATA))
    },
    get usage() {
      return state.usage
    },
  }
}

const LF = 0x0a

const terminate = (frame: Uint8Array): Uint8Array =>
  concatBytes([frame, new Uint8Array(frame.at(-1) === LF ? [LF] : [LF, LF])])

export const createChatStream = (options: AnswerStreamOptions): AnswerStream =>
  createAnswerStream((output) => createChatReader(options, output))
