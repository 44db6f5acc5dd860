// An Anthropic messages request → the OpenAI chat body that everything inside speaks. A field without a counterpart is in
// `untranslatable`: a provider that does not speak Anthropic's dialect then refuses the request by that name. Fields without
// which the answer is the same, or as good, are in `dropped`, and reported with the answer.

import type { ChatBody } from '../chat/upstream-request.ts'
import { isObject, type JsonObject, objectsOf } from '../json.ts'
import type { Note } from './inbound-content.ts'
import { type ChatMessage, toConversation } from './inbound-conversation.ts'
import { toTools } from './inbound-tools.ts'

export interface TranslatedRequest {
  body: ChatBody
  /** The messages that the classifier reads. */
  prompt: ChatMessage[]
  /** Fields that only a provider of Anthropic's kind can take. */
  untranslatable: string[]
  /** Fields that the request may be served without. */
  dropped: string[]
}

/** `note`: cannot be done without. `drop`: can. */
interface Notes {
  note: Note
  drop: Note
}

type Field = (value: unknown, notes: Notes) => JsonObject

const OPENAI_STOPS = 4
/** Thinking budgets up to which OpenAI's low and medium effort stand for them, in tokens. */
const LOW_BUDGET = 4_096
const MEDIUM_BUDGET = 16_384

const stopSequences: Field = (value, { note }) => {
  if (!Array.isArray(value) || value.length === 0) return {}
  if (value.length > OPENAI_STOPS) note(`stop_sequences (more than ${OPENAI_STOPS})`)
  return { stop: value }
}

/** `adaptive` and `disabled` leave the model as it is. */
const thinking: Field = (value) => {
  if (!isObject(value) || value.type !== 'enabled') return {}
  const budget = Number(value.budget_tokens)
  if (budget <= LOW_BUDGET) return { reasoning_effort: 'low' }
  return { reasoning_effort: budget <= MEDIUM_BUDGET ? 'medium' : 'high' }
}

const outputConfig: Field = (value, { note }) => {
  const { effort, format, ...rest } = isObject(value) ? value : {}
  for (const [key, member] of Object.entries(rest)) {
    if (member !== null) note(`output_config.${key}`)
  }
  const body: JsonObject = {}
  if (typeof effort === 'string') body.reasoning_effort = effort === 'max' ? 'xhigh' : effort
  if (!isObject(format)) return body
  if (format.type !== 'json_schema') note('output_config.format')
  const schema = { name: 'answer', schema: format.schema, strict: true }
  return { ...body, response_format: { type: 'json_schema', json_schema: schema } }
}

/** Clearing old thinking is what happens anyway where thinking is not passed on. */
const contextManagement: Field = (value, { drop }) => {
  const edits = isObject(value) ? objectsOf(value.edits) : []
  const isThinkingOnly = edits.every(({ type }) => String(type).startsWith('clear_thinking'))
  if (!isThinkingOnly) drop('context_management')
  return {}
}

const dropped =
  (name: string, ...usual: unknown[]): Field =>
  (value, { drop }) => {
    if (!usual.includes(value)) drop(name)
    return {}
  }
const same =
  (name: string): Field =>
  (value) => ({ [name]: value })
/** Fields that an answer is as good without, with the values that ask for nothing. */
const DROPPED: Record<string, unknown[]> = {
  service_tier: ['auto'],
  speed: ['standard'],
  cache_control: [],
  compaction: [],
  diagnostics: [],
  fallbacks: [],
  fallback_credit_token: [],
  billing_policy: [],
  user_profile_id: [],
  workspace_id: [],
}

/** Fields beside the conversation and the tools. */
const FIELDS: Record<string, Field> = {
  max_tokens: same('max_completion_tokens'),
  stop_sequences: stopSequences,
  temperature: same('temperature'),
  top_p: same('top_p'),
  top_k: same('top_k'),
  stream: (value) =>
    value === true ? { stream: true, stream_options: { include_usage: true } } : {},
  metadata: (value) =>
    isObject(value) && typeof value.user_id === 'string' ? { user: value.user_id } : {},
  thinking,
  output_config: outputConfig,
  context_management: contextManagement,
  // About speed, money, caches, diagnosis and book-keeping.
  ...Object.fromEntries(
    Object.entries(DROPPED).map(([name, usual]) => [name, dropped(name, ...usual)]),
  ),
}

const ELSEWHERE = new Set(['model', 'messages', 'system', 'tools', 'tool_choice'])

/** Pure; `request` has passed messagesRequestSchema. */
export const fromAnthropic = (
  request: JsonObject & { model: string; messages: unknown[]; tools?: unknown },
): TranslatedRequest => {
  const untranslatable: string[] = []
  const leftOut: string[] = []
  const note: Note = (field) => void untranslatable.push(field)
  const drop: Note = (field) => void leftOut.push(field)
  const { messages, prompt } = toConversation(request, note)
  const body: ChatBody = { model: request.model, messages, ...toTools(request, note) }
  for (const [name, value] of Object.entries(request)) {
    if (ELSEWHERE.has(name) || value === undefined || value === null) continue
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined
    if (field) Object.assign(body, field(value, { note, drop }))
    else note(name)
  }
  return { body, prompt, untranslatable, dropped: leftOut }
}
