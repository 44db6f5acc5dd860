// A complete Gemini answer → an OpenAI chat completion. Shares the reading of candidates with stream.ts.

import type { Usage } from '../../core/types.ts'
import {
  type Candidate,
  readCandidates,
  readModel,
  readUsageMetadata,
} from '../../dialects/gemini/candidates.ts'
import { brokenOff, finishOf, promptBlock } from '../../dialects/gemini/finish.ts'
import { toLogprobs } from '../../dialects/gemini/logprobs.ts'
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { payloadError } from '../failure/provider-error.ts'
import { readUsage } from '../stream/usage.ts'

/** Values for the fields of a completion that Gemini does not give. */
export interface AnswerNames {
  provider: string
  /** The model's name at the provider. */
  model: string
  requestId: string
  /** Seconds since the epoch. */
  created: number
}

/**
 * @throws RouterError `upstream_error` (status 400, `details.providerCode` `content_filter`) for a blocked prompt,
 * `upstream_invalid` for an invalid answer, or one with a finish reason that is an error.
 */
export const readGeminiReply = (
  body: Record<string, unknown>,
  names: AnswerNames,
): { body: Record<string, unknown>; usage: Usage | null } => {
  const identity = { provider: names.provider, keys: [] }
  const block = promptBlock(body)
  if (block !== null) throw payloadError(identity, block)
  const candidates = readCandidates(body)
  if (candidates.length === 0) throw invalidAnswer(names.provider, 'answered without candidates')
  for (const { finishReason } of candidates) {
    const problem = brokenOff(finishReason ?? 'no finishReason')
    if (problem !== null) throw payloadError(identity, problem)
  }
  const id = responseId(body, names)
  const usage = readUsageMetadata(body.usageMetadata)
  return {
    body: {
      id: `chatcmpl-${id}`,
      object: 'chat.completion',
      created: names.created,
      model: readModel(body, names.model),
      choices: candidates.map((candidate) => toChoice(candidate, id)),
      ...(usage && { usage }),
    },
    usage: readUsage(usage),
  }
}

/** Gemini's own id of the answer; else the request's. */
export const responseId = (body: Record<string, unknown>, names: AnswerNames): string =>
  typeof body.responseId === 'string' ? body.responseId : names.requestId

/** Gemini's calls have no ids; these are unique within the answer. */
export const callId = (id: string, choice: number, call: number): string =>
  `call_${id}_${choice}_${call}`

const toChoice = (candidate: Candidate, id: string): Record<string, unknown> => {
  const { index, text, thoughts, calls, images, finishReason } = candidate
  const toolCalls = calls.map((call, at) => ({ id: callId(id, index, at), ...call }))
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(thoughts !== '' && { reasoning_content: thoughts }),
    ...(images.length > 0 && { images }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  }
  const logprobs = toLogprobs(candidate.logprobs)
  return { index, message, logprobs, finish_reason: finishOf(finishReason, calls.length > 0) }
}
