// Chat chunks → Gemini's stream of responses. Calls are sent whole, as Gemini sends them, together with the finish reason
// and only after [DONE]: a client that has seen a finishReason has seen the whole answer.
import type { EventWriter } from '../event-stream.ts'
import { isObject, type JsonObject, objectsOf, textOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'
import { toAnswerParts, toCallPart } from './inbound-answer.ts'
import { toGeminiError } from './inbound-error.ts'
import { headOf, toFinishReason, toUsageMetadata } from './inbound-usage.ts'

const DONE = '[DONE]'
const BROKEN = 503

/** A call that is still growing: its arguments in pieces. */
interface Call {
  fields: JsonObject
  name: unknown
  written: string[]
}

/** The state of a candidate that is still growing. */
interface Candidate {
  calls: Map<number, Call>
  finish: unknown
  isRefusal: boolean
}

interface Answer {
  wantsThoughts: boolean
  candidates: Map<number, Candidate>
  head: JsonObject
  usage: unknown
  isOver: boolean
}

const encode = (response: object): string => `data: ${writeJson(response)}\r\n\r\n`

const addCalls = ({ calls }: Candidate, pieces: unknown): void => {
  for (const [at, piece] of objectsOf(pieces).entries()) {
    const { index, function: fn, ...fields } = piece
    const key = typeof index === 'number' ? index : at
    const call = calls.get(key) ?? { fields: {}, name: undefined, written: [] }
    const { name, arguments: written } = isObject(fn) ? fn : {}
    Object.assign(call.fields, fields)
    call.name ??= name
    call.written.push(textOf(written))
    calls.set(key, call)
  }
}

const callParts = ({ calls, finish }: Candidate): JsonObject[] =>
  [...calls.values()].map(({ fields, name, written }) =>
    toCallPart({ ...fields, function: { name, arguments: written.join('') } }, finish === 'length'),
  )

const candidateOf = ({ candidates }: Answer, index: number): Candidate => {
  const known = candidates.get(index)
  if (known) return known
  const candidate = { calls: new Map(), finish: null, isRefusal: false }
  candidates.set(index, candidate)
  return candidate
}

/** The event for the parts of a chunk that can be sent at once; '' where there are none. */
const choiceEvent = (answer: Answer, choice: JsonObject): string => {
  const index = typeof choice.index === 'number' ? choice.index : 0
  const candidate = candidateOf(answer, index)
  const delta = isObject(choice.delta) ? choice.delta : {}
  addCalls(candidate, delta.tool_calls)
  candidate.finish = choice.finish_reason ?? candidate.finish
  candidate.isRefusal ||= textOf(delta.refusal) !== ''
  const parts = toAnswerParts(delta, answer.wantsThoughts)
  if (parts.length === 0) return ''
  return encode({ candidates: [{ content: { role: 'model', parts }, index }], ...answer.head })
}

const failed = (answer: Answer, error: unknown): string => {
  answer.isOver = true
  const { message, code } = isObject(error) ? error : { message: error, code: null }
  return encode(toGeminiError(String(message), { status: BROKEN, code: textOf(code) || null }))
}

const chunkEvents = (answer: Answer, chunk: JsonObject): string => {
  if (chunk.error) return failed(answer, chunk.error)
  answer.usage = chunk.usage ?? answer.usage
  const choices = objectsOf(chunk.choices)
  if (choices.length > 0) answer.head = headOf(chunk)
  return choices.map((choice) => choiceEvent(answer, choice)).join('')
}

const finish = (answer: Answer): string => {
  answer.isOver = true
  const candidates = [...answer.candidates].map(([index, candidate]) => ({
    content: { role: 'model', parts: callParts(candidate) },
    finishReason: toFinishReason(candidate.finish, candidate.isRefusal),
    index,
  }))
  return encode({ candidates, ...toUsageMetadata(answer.usage), ...answer.head })
}

/** Writes one answer. Thoughts are written where the caller asked for them. */
export const createGeminiWriter = (wantsThoughts: boolean): EventWriter => {
  const answer: Answer = {
    wantsThoughts,
    candidates: new Map(),
    head: headOf({}),
    usage: null,
    isOver: false,
  }
  return {
    event: (data) => {
      if (data.trim() === DONE) return finish(answer)
      const chunk: unknown = JSON.parse(data)
      return isObject(chunk) ? chunkEvents(answer, chunk) : ''
    },
    cut: (message) => encode(toGeminiError(message, { status: BROKEN, code: null })),
    get isOver() {
      return answer.isOver
    },
  }
}
