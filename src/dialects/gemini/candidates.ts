// What one Gemini response (whole, or one event of a stream) holds, in OpenAI's words.

import { isObject } from '../json.ts'
import { writeJson } from '../lossless-json.ts'

export interface ToolCall {
  type: 'function'
  function: { name: string; arguments: string }
  /** Gemini's signature of the thoughts before the call; must come back with it. */
  extra_content?: { google: { thought_signature: string } }
}

export interface Candidate {
  index: number
  text: string
  thoughts: string
  calls: ToolCall[]
  /** In OpenRouter's form, which clients have come to read. */
  images: { type: 'image_url'; image_url: { url: string } }[]
  /** Gemini's own word; null while the answer goes on. */
  finishReason: string | null
  /** Gemini's logprobsResult. */
  logprobs: unknown
}

/** The candidates of a response, none where it has none. */
export const readCandidates = (body: Record<string, unknown>): Candidate[] =>
  (Array.isArray(body.candidates) ? body.candidates : []).filter(isObject).map(readCandidate)

const readCandidate = (candidate: Record<string, unknown>, at: number): Candidate => {
  const { index, content, finishReason, logprobsResult } = candidate
  const parts = isObject(content) && Array.isArray(content.parts) ? content.parts : []
  const read: Candidate = {
    index: typeof index === 'number' ? index : at,
    text: '',
    thoughts: '',
    calls: [],
    images: [],
    finishReason: typeof finishReason === 'string' && finishReason !== '' ? finishReason : null,
    logprobs: logprobsResult,
  }
  for (const part of parts.filter(isObject)) addPart(read, part)
  return read
}

const addPart = (candidate: Candidate, part: Record<string, unknown>): void => {
  const { text, functionCall, inlineData } = part
  if (typeof text === 'string') candidate[part.thought === true ? 'thoughts' : 'text'] += text
  if (isObject(functionCall) && typeof functionCall.name === 'string') {
    const { name, args } = functionCall
    const signature = part.thoughtSignature
    candidate.calls.push({
      type: 'function',
      function: { name, arguments: writeJson(isObject(args) ? args : {}) },
      ...(typeof signature === 'string' && {
        extra_content: { google: { thought_signature: signature } },
      }),
    })
  }
  if (isObject(inlineData)) {
    const url = `data:${String(inlineData.mimeType)};base64,${String(inlineData.data)}`
    candidate.images.push({ type: 'image_url', image_url: { url } })
  }
}

/** The model that served, else the one that was asked. */
export const readModel = (body: Record<string, unknown>, asked: string): string =>
  typeof body.modelVersion === 'string' ? body.modelVersion : asked

/** usageMetadata → OpenAI's usage, thinking counted as output; null where Gemini gives no prompt count. */
export const readUsageMetadata = (usage: unknown): Record<string, unknown> | null => {
  if (!isObject(usage) || typeof usage.promptTokenCount !== 'number') return null
  const count = (name: string): number => (typeof usage[name] === 'number' ? usage[name] : 0)
  const promptTokens = usage.promptTokenCount + count('toolUsePromptTokenCount')
  const completionTokens = count('candidatesTokenCount') + count('thoughtsTokenCount')
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: count('cachedContentTokenCount') },
    completion_tokens_details: { reasoning_tokens: count('thoughtsTokenCount') },
  }
}
