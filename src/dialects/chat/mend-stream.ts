// The chunks of an OpenAI-compatible server's stream in OpenAI's own form, as mend-answer.ts does it for a whole answer; tool
// calls come in pieces here, sometimes out of order. A chunk that is in order is given back as the same object.
import { isObject, type JsonObject, objectsOf, textOf, withChanges } from '../json.ts'
import {
  type AnswerNames,
  callIdFrom,
  endOf,
  mendChoices,
  namesOf,
  readMessage,
  usageOf,
  writeMessage,
} from './answer-changes.ts'
import { createStreamCalls, type StreamCalls } from './stream-calls.ts'

/** A stream's later chunks may leave their names out, but not empty. */
const namesIn = (chunk: JsonObject, names: AnswerNames, isNamed: boolean): JsonObject => {
  const { id, model } = namesOf(chunk, names)
  const isOwed = (given: unknown): boolean => given !== undefined || !isNamed
  return { ...(isOwed(chunk.id) && { id }), ...(isOwed(chunk.model) && { model }) }
}

export interface ChunkMender {
  /** One chunk of the stream; the same object where nothing was to be mended. */
  mend(chunk: JsonObject): JsonObject
  /** A choice ended with a call that was never named. */
  readonly hasNameless: boolean
}

const mendPieces = (delta: JsonObject, calls: StreamCalls, isEnd: boolean): JsonObject => {
  const given = Array.isArray(delta.tool_calls) ? delta.tool_calls : []
  const told = calls.add(given)
  const owed = isEnd ? calls.end() : []
  if (told === given && owed.length === 0) return delta
  const { tool_calls: _, ...rest } = delta
  const pieces = [...told, ...owed]
  return pieces.length > 0 ? { ...rest, tool_calls: pieces } : rest
}

/** The calls of each choice, by its index. */
const createCallsByChoice = ({ toolNames }: AnswerNames) => {
  const byChoice = new Map<unknown, StreamCalls>()
  return (index: unknown, answerId: string): StreamCalls => {
    const known = byChoice.get(index)
    if (known) return known
    const calls = createStreamCalls({ newId: callIdFrom(answerId, index), toolNames })
    byChoice.set(index, calls)
    return calls
  }
}

/** A reader of one stream's chunks. */
export const createChunkMender = (names: AnswerNames): ChunkMender => {
  const callsOf = createCallsByChoice(names)
  let known = { ...names }
  let hasNameless = false
  let isNamed = false

  const mendChoice = (choice: JsonObject): JsonObject => {
    const given = choice.delta ?? choice.message
    const reason = endOf(choice.finish_reason, names)
    const isEnd = typeof reason === 'string'
    const calls = callsOf(choice.index, known.id)
    const said = isObject(given) ? given : {}
    const read = mendPieces(readMessage(said, names), calls, isEnd)
    const mended = writeMessage(read, names)
    hasNameless ||= isEnd && calls.hasNameless
    const isKept = mended === given || (mended === said && !isObject(given))
    return withChanges(choice, {
      ...(isKept ? {} : { delta: mended }),
      ...(choice.finish_reason === undefined ? {} : { finish_reason: reason }),
    })
  }
  return {
    mend: (chunk) => {
      known = { id: textOf(chunk.id) || known.id, model: textOf(chunk.model) || known.model }
      const usage = usageOf(chunk.usage)
      if (objectsOf(chunk.choices).length === 0) return withChanges(chunk, { usage })
      const choices = mendChoices(chunk.choices, mendChoice)
      const named = namesIn(chunk, known, isNamed)
      isNamed = true
      return withChanges(chunk, { ...named, choices, usage })
    },
    get hasNameless() {
      return hasNameless
    },
  }
}
