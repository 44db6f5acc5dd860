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
import { type ChatStream, type ChatStreamOptions, createChatStream } from '../stream/chat-stream.ts'
import { createTranslatedStream } from '../stream/translated-stream.ts'
import { readUsage } from '../stream/usage.ts'
import { type AnswerNames, callId, responseId } from './reply.ts'

export const createGeminiStream = (options: ChatStreamOptions, names: AnswerNames): ChatStream =>
  createTranslatedStream(createChatStream(options), createTranslator(options, names))

const createTranslator = (options: ChatStreamOptions, names: AnswerNames): EventTranslator => {
  const choices = new Map<number, ChoiceState>()
  let usage: Record<string, unknown> | null = null
  let head: Record<string, unknown> | null = null
  let id = names.requestId

  const chunk = (fields: Record<string, unknown>): Uint8Array =>
    encodeData(writeJson({ ...head, ...fields }))
  const begin = (body: Record<string, unknown>): void => {
    if (head !== null) return
    id = responseId(body, names)
    const model = readModel(body, names.model)
    const { created } = names
    head = { id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created, model }
  }
  const translate = (body: Record<string, unknown>): Uint8Array[] => {
    const problem = errorOf(body)
    begin(body)
    usage = readUsageMetadata(body.usageMetadata) ?? usage
    const deltas = readCandidates(body).flatMap((candidate) => {
      const state = choices.get(candidate.index) ?? { isBegun: false, calls: 0, isFinished: false }
      choices.set(candidate.index, state)
      return chunksOf(candidate, state, id)
    })
    const frames = deltas.map((choice) => chunk({ choices: [choice] }))
    return problem === null ? frames : [...frames, encodeData(writeJson(problem))]
  }

  return {
    event: (frame) => {
      const data = readData(frame)
      const body = data === null ? null : parseObject(data)
      return body === null ? [frame] : translate(body)
    },
    end: () => {
      const finished = [...choices.values()].filter(({ isFinished }) => isFinished)
      if (finished.length < options.choices) return []
      return [...(usage ? [chunk({ choices: [], usage })] : []), encodeData(DONE_DATA)]
    },
    get usage() {
      return readUsage(usage)
    },
  }
}

const errorOf = (body: Record<string, unknown>): Record<string, unknown> | null => {
  if (isErrorPayload(body)) return body
  const reasons = readCandidates(body).flatMap(({ finishReason }) => finishReason ?? [])
  return promptBlock(body) ?? reasons.map(brokenOff).find((error) => error !== null) ?? null
}

interface ChoiceState {
  /** The role has been said. */
  isBegun: boolean
  /** Calls so far. */
  calls: number
  isFinished: boolean
}

/** The choices of the chunks that one event of a candidate becomes. */
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
