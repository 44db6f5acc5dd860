// The key under which requests share an answer: same caller, route, model and configuration, and the same body except fields that only
// change the delivery. Keys are digests, so that they contain no prompt.

import { createHash } from 'node:crypto'
import type { ChatBody, DialectName, NativeBody } from '../../dialects/chat/upstream-request.ts'
import { isObject } from '../../dialects/json.ts'
import type { CallRequest } from '../call/call.ts'
import { lexicalSignature } from './lexical-guard.ts'
import type { SimilarityKey } from './similarity-groups.ts'

/** Fields about the delivery and the accounting of an answer, not its content. */
const DELIVERY_FIELDS = [
  'stream',
  'stream_options',
  'user',
  'metadata',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
]

/** Those of them that do not identify a person. */
const IMPERSONAL_FIELDS = DELIVERY_FIELDS.filter(
  (field) => field !== 'user' && field !== 'safety_identifier',
)

// Only the top level is sorted: models see the fields of a schema in their written order, and answer in that order.
const canonical = (body: Record<string, unknown>, without: readonly string[]): string =>
  JSON.stringify(
    Object.entries(body)
      .filter(([field, value]) => !without.includes(field) && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

const digest = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url')

export type CacheKeyRequest = Pick<CallRequest, 'decision' | 'body' | 'native'>

/** Caller, configuration, route and model. */
const scopeOf = ({ decision }: CacheKeyRequest): unknown[] => [
  decision.principal ?? 'local',
  decision.configVersion ?? '',
  decision.route,
  decision.model,
]

const sortedHeaders = ({ headers }: NativeBody): [string, string][] =>
  Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))

/**
 * @param dialect of the answer. Answers in OpenAI's dialect are shared by all callers; those in Anthropic's are separate for streams,
 * because only OpenAI's are converted between stream and JSON.
 */
export const exactKey = (request: CacheKeyRequest, dialect: DialectName): string => {
  const { body, native } = request
  const scope = scopeOf(request)
  // Settings that only Gemini knows are in its own body alone.
  const geminiOnly = native?.dialect === 'gemini' ? [canonical(native.body, DELIVERY_FIELDS)] : []
  if (dialect === 'openai' || !native) {
    return digest([...scope, canonical(body, DELIVERY_FIELDS), ...geminiOnly])
  }
  const isStream = native.body.stream === true
  const content = canonical(native.body, DELIVERY_FIELDS)
  return digest([...scope, dialect, isStream, sortedHeaders(native), content])
}

const textOf = (content: unknown): string | null => {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return null
  const texts = content.map((part) => (isObject(part) && part.type === 'text' ? part.text : null))
  return texts.every((text) => typeof text === 'string') ? texts.join('\n') : null
}

/** Longest question that may be compared by similarity. */
const MAX_CHARS = 2_000

/** The question of a request without history: instructions, followed by one text message; else null. */
const singleQuestion = ({ messages }: ChatBody): string | null => {
  const question = messages.at(-1)
  const isInstruction = (message: unknown): boolean =>
    isObject(message) && (message.role === 'system' || message.role === 'developer')
  if (!isObject(question) || question.role !== 'user') return null
  if (question.name !== undefined || !messages.slice(0, -1).every(isInstruction)) return null
  return textOf(question.content)
}

/**
 * The group of cached questions that this one may be compared with: same caller (here `user` counts), same instructions, tools and
 * parameters, and the same words (lexical-guard.ts). Null where the vector does not represent the whole request: a history, an
 * attachment, several lines (line breaks may matter), or a prompt that was cut or summarised before it was embedded.
 * @param dimensions length of the prefix of the embedding that is about similarity
 */
export const similarityKeyOf = (
  request: CacheKeyRequest,
  dimensions: number,
): SimilarityKey | null => {
  const { body, decision } = request
  const { embedding, routingText } = decision
  if (!embedding || !routingText || routingText.isTruncated || routingText.flags.length > 0) {
    return null
  }
  const question = singleQuestion(body)
  if (question === null || question.length > MAX_CHARS || question.trim().includes('\n'))
    return null
  const instructions = body.messages.slice(0, -1)
  const frame = canonical({ ...body, messages: instructions }, IMPERSONAL_FIELDS)
  const signature = lexicalSignature(question)
  const group = digest([...scopeOf(request), 'like', frame, signature])
  return { group, embedding: embedding.slice(0, dimensions) }
}
