// An OpenAI chat body → Anthropic's Messages API. Fields that neither side of the translation knows pass as they are:
// Anthropic refuses what it does not know by its name, and takes its own (`thinking`, `top_k`) as OpenAI's servers would.

import { fitUser } from '../chat/fit-user.ts'
import { withoutLegacyFunctions } from '../chat/legacy-functions.ts'
import type { ChatBody, UpstreamRequest } from '../chat/upstream-request.ts'
import { isObject, type JsonObject } from '../json.ts'
import { withinBreakpoints } from './breakpoints.ts'
import { withJsonMode } from './json-mode.ts'
import { toTurns } from './outbound-conversation.ts'
import { refuseField } from './outbound-refuse.ts'
import { toAnthropicTools } from './outbound-tools.ts'
import {
  clashesWithThinking,
  fitThinking,
  isThinkingOn,
  lacksThoughts,
  mayThink,
} from './thinking-on.ts'

type Field = (value: unknown, name: string) => JsonObject

/** OpenAI's temperature goes up to 2. */
const MAX_TEMPERATURE = 1

/** Anthropic's API requires a limit; every one of its models takes this one. */
const DEFAULT_MAX_TOKENS = 4_096

const nothing: Field = () => ({})
const refused: Field = (_value, name) => refuseField(name)
const same: Field = (value, name) => ({ [name]: value })
/** Refused but for the value that asks for nothing. */
const only =
  (...harmless: unknown[]): Field =>
  (value, name) =>
    harmless.includes(value) ? {} : refuseField(name)

const stop: Field = (value) => {
  const sequences = Array.isArray(value) ? value : [value]
  return sequences.length > 0 ? { stop_sequences: sequences } : {}
}

/** Anthropic's limit of metadata.user_id. */
export const MAX_USER_CHARS = 256

const userId: Field = (value) =>
  typeof value === 'string' && value !== ''
    ? { metadata: { user_id: fitUser(value, MAX_USER_CHARS) } }
    : {}

/** By `output_config`; see toMessagesBody for the two fields that share it. */
const EFFORTS: Record<string, string> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
}

const effort: Field = (value, name) => {
  if (value === 'none') return { thinking: { type: 'disabled' } }
  const mapped = EFFORTS[String(value)]
  return mapped === undefined ? refuseField(name) : { output_config: { effort: mapped } }
}

/** Structured output by Anthropic's own means; JSON without a schema has none, see json-mode.ts. */
const responseFormat: Field = (value, name) => {
  if (!isObject(value) || value.type === 'text' || value.type === 'json_object') return {}
  const { schema } = isObject(value.json_schema) ? value.json_schema : {}
  if (value.type !== 'json_schema' || !isObject(schema)) return refuseField(`${name}.type`)
  return { output_config: { format: { type: 'json_schema', schema } } }
}

const FIELDS: Record<string, Field> = {
  stop,
  user: userId,
  reasoning_effort: effort,
  response_format: responseFormat,
  stream: (value) => (value === true ? { stream: true } : {}),
  temperature: (value) => ({
    temperature: Number(value) > MAX_TEMPERATURE ? MAX_TEMPERATURE : value,
  }),
  top_p: same,
  n: only(1),
  logprobs: only(false),
  top_logprobs: only(0),
  frequency_penalty: only(0),
  presence_penalty: only(0),
  logit_bias: (value, name) =>
    isObject(value) && Object.keys(value).length === 0 ? {} : refuseField(name),
  modalities: (value, name) =>
    Array.isArray(value) && value.every((modality) => modality === 'text') ? {} : refuseField(name),
  verbosity: only('medium'),
  seed: refused,
  audio: refused,
  prediction: refused,
  functions: refused,
  function_call: refused,
  web_search_options: refused,
  // About storage, caches, billing and our own log; the answer is the same without.
  store: nothing,
  metadata: nothing,
  service_tier: nothing,
  prompt_cache_key: nothing,
  prompt_cache_retention: nothing,
  safety_identifier: nothing,
  stream_options: nothing,
  // Fields of this router, and fields by which proxies send the call elsewhere.
  models: nothing,
  api_key: nothing,
  api_base: nothing,
  base_url: nothing,
  api_version: nothing,
  custom_llm_provider: nothing,
  extra_headers: nothing,
}

const ELSEWHERE = new Set([
  'model',
  'messages',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_tokens',
  'max_completion_tokens',
])

const fieldsOf = (body: ChatBody): JsonObject => {
  const sent: JsonObject = {}
  for (const [name, value] of Object.entries(body)) {
    if (ELSEWHERE.has(name) || value === undefined || value === null) continue
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined
    const translated = (field ?? same)(value, name)
    if (isObject(translated.output_config) && isObject(sent.output_config)) {
      translated.output_config = { ...sent.output_config, ...translated.output_config }
    }
    Object.assign(sent, translated)
  }
  return sent
}

const limitOf = (body: ChatBody): unknown => body.max_completion_tokens ?? body.max_tokens

/** @throws RouterError `invalid_request` naming the first field that Anthropic's API cannot be asked for */
export const toMessagesBody = ({ body: original, target }: UpstreamRequest): JsonObject => {
  const body = withoutLegacyFunctions(original)
  const { system, turns } = toTurns(body.messages)
  const asked = limitOf(body)
  const sent = {
    ...fieldsOf(body),
    model: target.upstreamName,
    max_tokens: asked ?? target.maxOutputTokens ?? DEFAULT_MAX_TOKENS,
    ...(system.length > 0 && { system }),
    messages: turns,
    ...toAnthropicTools(body),
  }
  const marked = withinBreakpoints(withPossibleThinking(sent, asked !== undefined))
  return withJsonMode(marked, body)
}

/** Without thinking where this call cannot have it, or within what the answer may take. */
const withPossibleThinking = (sent: JsonObject, isLimitAsked: boolean): JsonObject => {
  const { thinking, messages, max_tokens: limit } = sent
  if (!mayThink(thinking)) return sent
  const isStopped = isThinkingOn(thinking) && lacksThoughts(messages as unknown[])
  if (isStopped || isForced(sent.tool_choice)) return { ...sent, thinking: { type: 'disabled' } }
  const fitted = fitThinking(thinking, { maxTokens: Number(limit), isLimitAsked })
  return { ...withoutClashes(sent), ...fitted }
}

/** A call that is forced leaves no room for thoughts. */
const isForced = (choice: unknown): boolean =>
  isObject(choice) && (choice.type === 'any' || choice.type === 'tool')

const withoutClashes = (sent: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(sent).filter(([name, value]) => clashesWithThinking[name]?.(value) !== true),
  )

/** Names of sampling fields that were asked for and are not sent. */
export const droppedSampling = (body: JsonObject, sent: JsonObject): string[] =>
  Object.keys(clashesWithThinking).filter((name) => body[name] != null && sent[name] === undefined)
