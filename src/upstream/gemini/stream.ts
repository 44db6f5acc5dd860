// Gemini's stream events → OpenAI chat chunks: a role chunk per choice, then content, then finish_reason, and at the
// provider's end one usage chunk and `[DONE]`, which Gemini does not send. Every event carries usage so far; the last
// one counts.

import type { EventTranslator } from '../../dialects/chat/event-translator.ts'
import {
  type Candidate,
  readCandidates,
  readModel,
  readUsageMetadata,
} from '../../dialects/gemini/candidates.ts'
import { brokenOff, finishOf, promptBlock } from '../../dialects/gemini/finish.ts'
import { toLogprobs } from '../../dialects/gemini/logprobs.ts'
import { parseObject } from '../../dialects/json.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { DONE_DATA, encodeData, readData } from '../../dialects/sse.ts'
import { isErrorPayload } from '../failure/provider-error.ts'
import type { AnswerStream, AnswerStreamOptions } from '../stream/answer-stream.ts'
import { createTranslatedStream } from '../stream/translated-stream.ts'
import { readUsage } from '../stream/usage.ts'
import { type AnswerNames, callId, responseId } from './reply.ts'

export const createGeminiStream = (
  options: AnswerStreamOptions,
  names: AnswerNames,
): AnswerStream => createTranslatedStream(options, createTranslator(options.choices, names))

/** The state of one answer. */
interface Answer {
  names: AnswerNames
  choices: Map<number, ChoiceState>
  usage: Record<string, unknown> | null
  /** Fields of every chunk: id, model, time. Null before the first event. */
  head: Record<string, unknown> | null
  id: string
}

const encodeChunk = ({ head }: Answer, fields: Record<string, unknown>): Uint8Array =>
  encodeData(writeJson({ ...head, ...fields }))

const begin = (answer: Answer, body: Record<string, unknown>): void => {
  const { names } = answer
  if (answer.head !== null) return
  answer.id = responseId(body, names)
  const model = readModel(body, names.model)
  const { created } = names
  answer.head = { id: `chatcmpl-${answer.id}`, object: 'chat.completion.chunk', created, model }
}

const translate = (answer: Answer, body: Record<string, unknown>): Uint8Array[] => {
  const { choices } = answer
  const problem = errorOf(body)
  begin(answer, body)
  answer.usage = readUsageMetadata(body.usageMetadata) ?? answer.usage
  const deltas = readCandidates(body).flatMap((candidate) => {
    const state = choices.get(candidate.index) ?? { isBegun: false, calls: 0, isFinished: false }
    choices.set(candidate.index, state)
    return chunksOf(candidate, state, answer.id)
  })
  const frames = deltas.map((choice) => encodeChunk(answer, { choices: [choice] }))
  return problem === null ? frames : [...frames, encodeData(writeJson(problem))]
}

/** @param expected number of choices that must finish before the answer is complete */
const createTranslator = (expected: number, names: AnswerNames): EventTranslator => {
  const answer: Answer = {
    names,
    choices: new Map(),
    usage: null,
    head: null,
    id: names.requestId,
  }
  return {
    event: (frame) => {
      const data = readData(frame)
      const body = data === null ? null : parseObject(data)
      return body === null ? [frame] : translate(answer, body)
    },
    end: () => {
      const { choices, usage } = answer
      const finished = [...choices.values()].filter(({ isFinished }) => isFinished)
      if (finished.length < expected) return []
      const last = usage ? [encodeChunk(answer, { choices: [], usage })] : []
      return [...last, encodeData(DONE_DATA)]
    },
    get usage() {
      return readUsage(answer.usage)
    },
  }
}

const errorOf = (body: Record<string, unknown>): Record<string, unknown> | null => {
  if (isErrorPayload(body)) return body
  const reasons = readCandidates(body).flatMap(({ finishReason }) => finishReason ?? [])
  return promptBlock(body) ?? reasons.map(brokenOff).find((error) => error !== null) ?? null
}

interface ChoiceState {
  /** The role chunk was sent. */
  isBegun: boolean
  /** Calls so far. */
  calls: number
  isFinished: boolean
}

/** The chunks' choices for one event of a candidate. */
const chunksOf = (candidate: Candidate, state: ChoiceState, id: string) => {
  const { index, finishReason } = candidate
  const choice = (delta: object, finish: string | null = null, logprobs: unknown = null) => ({
    index,
    delta,
    logprobs,
    finish_reason: finish,
  })
  const chunks = state.isBegun ? [] : [choice({ role: 'assistant', content: '' })]
  state.isBegun = true
  const delta = deltaOf(candidate, state, id)
  const logprobs = toLogprobs(candidate.logprobs)
  if (Object.keys(delta).length > 0 || logprobs !== null) chunks.push(choice(delta, null, logprobs))
  if (finishReason === null || brokenOff(finishReason) !== null) return chunks
  state.isFinished = true
  return [...chunks, choice({}, finishOf(finishReason, state.calls > 0))]
}

const deltaOf = (candidate: Candidate, state: ChoiceState, id: string): Record<string, unknown> => {
  const { index, text, thoughts, images } = candidate
  const first = state.calls
  state.calls += candidate.calls.length
  const calls = candidate.calls.map((call, at) => ({
    index: first + at,
    id: callId(id, index, first + at),
    ...call,
  }))
  return {
    ...(thoughts !== '' && { reasoning_content: thoughts }),
    ...(text !== '' && { content: text }),
    ...(images.length > 0 && { images }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}
