// The chunks of an OpenAI-compatible server's stream in OpenAI's own form, as normalise-answer.ts does it for a whole answer; tool
// calls come in pieces here, sometimes out of order. A chunk in OpenAI's form is returned as the same object.
import { isObject, type JsonObject, objectsOf, textOf, withChanges } from '../json.ts'
import {
  type AnswerNames,
  callIdFrom,
  endOf,
  namesOf,
  normaliseChoices,
  readMessage,
  usageOf,
  writeMessage,
} from './answer-changes.ts'
import { finishReasonOf } from './finish-reasons.ts'
import { plainTextOf } from './plain-chunk.ts'
import { createStreamCalls, type StreamCalls } from './stream-calls.ts'

/** A stream's later chunks may leave their names out, but not empty. */
const namesIn = (chunk: JsonObject, names: AnswerNames, isNamed: boolean): JsonObject => {
  const { id, model } = namesOf(chunk, names)
  const isOwed = (value: unknown): boolean => value !== undefined || !isNamed
  return { ...(isOwed(chunk.id) && { id }), ...(isOwed(chunk.model) && { model }) }
}

export interface ChunkNormaliser {
  /** One chunk of the stream; the same object where nothing had to change. */
  normalise(chunk: JsonObject): JsonObject
  /** The chunk that ends the choices which the provider did not end; null where there are none. */
  finish(): JsonObject | null
  /** A choice ended with a call that was never named. */
  readonly hasNameless: boolean
}

const normalisePieces = (delta: JsonObject, calls: StreamCalls, isEnd: boolean): JsonObject => {
  const received = Array.isArray(delta.tool_calls) ? delta.tool_calls : []
  const normalised = calls.add(received)
  const owed = isEnd ? calls.end() : []
  if (normalised === received && owed.length === 0) return delta
  const { tool_calls: _, ...rest } = delta
  const pieces = [...normalised, ...owed]
  return pieces.length > 0 ? { ...rest, tool_calls: pieces } : rest
}

interface Choice {
  calls: StreamCalls
  /** A tool was called, in either form. */
  isCalling: boolean
  isEnded: boolean
}

/** One stream, as far as it has come. */
interface State {
  names: AnswerNames
  /** The answer's id and model. */
  known: { id: string; model: string }
  choices: Map<unknown, Choice>
  latest: JsonObject
  hasNameless: boolean
  isNamed: boolean
}

/** The state of a choice, by its index. */
const choiceOf = ({ choices, names, known }: State, index: unknown): Choice => {
  const begun = choices.get(index)
  if (begun) return begun
  const { toolNames, offered } = names
  const calls = createStreamCalls({ newId: callIdFrom(known.id, index), toolNames, offered })
  const choice = { calls, isCalling: false, isEnded: false }
  choices.set(index, choice)
  return choice
}

const normaliseChoice = (state: State, choice: JsonObject): JsonObject => {
  const { names } = state
  const received = choice.delta ?? choice.message
  const begun = choiceOf(state, choice.index)
  const isEnd = typeof finishReasonOf(choice.finish_reason) === 'string'
  const delta = isObject(received) ? received : {}
  const read = normalisePieces(readMessage(delta, names), begun.calls, isEnd)
  const written = writeMessage(read, names)
  begun.isEnded ||= isEnd
  begun.isCalling ||= begun.calls.hasCalls || isObject(written.function_call)
  state.hasNameless ||= isEnd && begun.calls.hasNameless
  const isKept = written === received || (written === delta && !isObject(received))
  const end = isEnd ? endOf(choice.finish_reason, { ...names, hasCalls: begun.isCalling }) : null
  return withChanges(choice, {
    ...(isKept ? {} : { delta: written }),
    ...(choice.finish_reason === undefined ? {} : { finish_reason: end }),
  })
}

/** Whether a chunk is a piece of text under the answer's own names: there is nothing to change. */
const isInOrder = ({ known, isNamed }: State, chunk: JsonObject): boolean =>
  isNamed && chunk.id === known.id && chunk.model === known.model && plainTextOf(chunk) !== null

const normaliseChunk = (state: State, chunk: JsonObject): JsonObject => {
  const { names, known } = state
  if (isInOrder(state, chunk)) {
    choiceOf(state, objectsOf(chunk.choices)[0]?.index)
    state.latest = chunk
    return chunk
  }
  state.known = { id: textOf(chunk.id) || known.id, model: textOf(chunk.model) || known.model }
  const usage = usageOf(chunk.usage)
  if (objectsOf(chunk.choices).length === 0) return withChanges(chunk, { usage })
  const choices = normaliseChoices(chunk.choices, (choice) => normaliseChoice(state, choice))
  const named = namesIn(chunk, { ...names, ...state.known }, state.isNamed)
  state.isNamed = true
  state.latest = chunk
  return withChanges(chunk, { ...named, choices, usage })
}

/** `[DONE]` ends choices that have no finish reason, too. */
const finishOpen = (state: State): JsonObject | null => {
  const open = [...state.choices].filter(([, { isEnded }]) => !isEnded)
  if (open.length === 0) return null
  const { object = 'chat.completion.chunk', created } = state.latest
  const choices = open.map(([index]) =>
    normaliseChoice(state, { index, delta: {}, finish_reason: 'stop' }),
  )
  return { ...state.known, object, created, choices }
}

/** A reader of one stream's chunks. */
export const createChunkNormaliser = (names: AnswerNames): ChunkNormaliser => {
  const state: State = {
    names,
    known: { id: names.id, model: names.model },
    choices: new Map(),
    latest: {},
    hasNameless: false,
    isNamed: false,
  }
  return {
    normalise: (chunk) => normaliseChunk(state, chunk),
    finish: () => finishOpen(state),
    get hasNameless() {
      return state.hasNameless
    },
  }
}
