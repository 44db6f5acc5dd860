// When two requests may share an answer: same caller, same route, model and configuration, and the same body but for what
// changes only how the answer is delivered. Keys are digests, so that no prompt is kept for them.

import { createHash } from 'node:crypto'
import type { ChatBody, DialectName, NativeBody } from '../../dialects/chat/upstream-request.ts'
import { isObject } from '../../dialects/json.ts'
import type { CallRequest } from '../call/call.ts'
import { lexicalSignature } from './lexical-guard.ts'
import type { Likeness } from './likeness-groups.ts'

/** They say how an answer comes and for whom it is counted, not what it is. */
const DELIVERY_FIELDS = [
  'stream',
  'stream_options',
  'user',
  'metadata',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
]

/** Of those, the ones that do not name a person. */
const FIELDS_OF_NO_ONE = DELIVERY_FIELDS.filter(
  (field) => field !== 'user' && field !== 'safety_identifier',
)

// Only the top level is sorted: models are told the fields of a schema in the order they are written in, and answer so.
const canonical = (body: Record<string, unknown>, without: readonly string[]): string =>
  JSON.stringify(
    Object.entries(body)
      .filter(([field, value]) => !without.includes(field) && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

const digest = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url')

export type CacheKeyRequest = Pick<CallRequest, 'decision' | 'body' | 'native'>

/** Who asks, and by which configuration which model is to answer. */
const scopeOf = ({ decision }: CacheKeyRequest): unknown[] => [
  decision.principal ?? 'local',
  decision.configVersion ?? '',
  decision.route,
  decision.model,
]

const sortedHeaders = ({ headers }: NativeBody): [string, string][] =>
  Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))

/**
 * @param dialect of the answer. Whatever dialect the caller speaks, an answer in OpenAI's is the same; one in Anthropic's
 * is kept apart for streams, because only OpenAI's are told as the other form.
 */
export const exactKey = (request: CacheKeyRequest, dialect: DialectName): string => {
  const { body, native } = request
  const scope = scopeOf(request)
  // Gemini's settings that no other provider knows are in its own body alone.
  const beside = native?.dialect === 'gemini' ? [canonical(native.body, DELIVERY_FIELDS)] : []
  if (dialect === 'openai' || !native) {
    return digest([...scope, canonical(body, DELIVERY_FIELDS), ...beside])
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

/** Of a question that may be compared. */
const MOST_CHARS = 2_000

/** The one question of a request that has no history: instructions, and then one message of nothing but text. */
const singleQuestion = ({ messages }: ChatBody): string | null => {
  const question = messages.at(-1)
  const isInstruction = (message: unknown): boolean =>
    isObject(message) && (message.role === 'system' || message.role === 'developer')
  if (!isObject(question) || question.role !== 'user') return null
  if (question.name !== undefined || !messages.slice(0, -1).every(isInstruction)) return null
  return textOf(question.content)
}

/**
 * With which kept questions this one may be compared: same caller (here `user` counts), same instructions, tools and
 * parameters, and the same words (core/lexical-guard.ts). Null where the vector does not stand for all that was asked: a
 * history, an attachment, several lines (their breaks may mean something), a prompt that was cut, or from which code and
 * the like were taken before it was embedded.
 * @param dimensions length of the prefix of the embedding that is about similarity
 */
export const likenessOf = (request: CacheKeyRequest, dimensions: number): Likeness | null => {
  const { body, decision } = request
  const { embedding, routingText } = decision
  if (!embedding || !routingText || routingText.isTruncated || routingText.flags.length > 0) {
    return null
  }
  const question = singleQuestion(body)
  if (question === null || question.length > MOST_CHARS || question.trim().includes('\n'))
    return null
  const instructions = body.messages.slice(0, -1)
  const frame = canonical({ ...body, messages: instructions }, FIELDS_OF_NO_ONE)
  const signature = lexicalSignature(question)
  const group = digest([...scopeOf(request), 'like', frame, signature])
  return { group, embedding: embedding.slice(0, dimensions) }
}
