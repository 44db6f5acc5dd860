// The Responses object around the output: the request's fields, repeated as OpenAI's types want them, and the counts.
import { isObject, type JsonObject, presentFields } from '../json.ts'

export type Status = 'in_progress' | 'completed' | 'incomplete' | 'failed'

export interface ResponseFrame {
  /** `resp_…` */
  id: string
  /** Epoch seconds. */
  createdAt: number
  /** The request as the caller sent it. */
  request: JsonObject
  /** Whether it can be fetched again by its id. */
  isStored: boolean
}

export interface ResponseState {
  status: Status
  model: string
  output: JsonObject[]
  usage: JsonObject | null
  /** Epoch seconds; null while it is not complete. */
  completedAt: number | null
  /** The service tier that the provider reported. */
  serviceTier: string | null
  incompleteReason: string | null
  error: { code: string; message: string } | null
}

const count = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** Chat's `usage` in the names of the Responses API; `cost` and what else it holds stays. */
export const toResponseUsage = (usage: unknown): JsonObject | null => {
  if (!isObject(usage)) return null
  const {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total,
    prompt_tokens_details: inputDetails,
    completion_tokens_details: outputDetails,
    ...rest
  } = usage
  const { cached_tokens: cached, ...ofInput } = isObject(inputDetails) ? inputDetails : {}
  const { reasoning_tokens: reasoning, ...ofOutput } = isObject(outputDetails) ? outputDetails : {}
  return {
    ...rest,
    input_tokens: count(input),
    input_tokens_details: { cache_write_tokens: 0, ...ofInput, cached_tokens: count(cached) },
    output_tokens: count(output),
    output_tokens_details: { ...ofOutput, reasoning_tokens: count(reasoning) },
    total_tokens: typeof total === 'number' ? total : count(input) + count(output),
  }
}

const numberOr = (value: unknown, fallback: number): number =>
  typeof value === 'number' ? value : fallback

/** Every field of a function is repeated, absent ones as null; other tools as they came. */
const toolOf = (tool: unknown): unknown => {
  if (!isObject(tool) || tool.type !== 'function') return tool
  const { description = null, parameters = null, strict } = tool
  return { ...tool, description, parameters, strict: strict ?? true }
}

const formatOf = (format: unknown): unknown => {
  if (!isObject(format)) return { type: 'text' }
  if (format.type !== 'json_schema') return format
  const { description = null, strict } = format
  return { ...format, description, strict: strict ?? false }
}

/** The fields of the request that every response repeats, with defaults filled in. */
const echoOf = (request: JsonObject): JsonObject => {
  const text = isObject(request.text) ? request.text : {}
  const reasoning = isObject(request.reasoning) ? request.reasoning : {}
  return {
    background: false,
    conversation: null,
    frequency_penalty: numberOr(request.frequency_penalty, 0),
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: request.max_tool_calls ?? null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    presence_penalty: numberOr(request.presence_penalty, 0),
    previous_response_id: request.previous_response_id ?? null,
    prompt_cache_key: request.prompt_cache_key ?? null,
    reasoning: { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null },
    safety_identifier: request.safety_identifier ?? null,
    temperature: numberOr(request.temperature, 1),
    text: { format: formatOf(text.format), ...presentFields({ verbosity: text.verbosity }) },
    tool_choice: request.tool_choice ?? 'auto',
    tools: Array.isArray(request.tools) ? request.tools.map(toolOf) : [],
    top_logprobs: request.top_logprobs ?? 0,
    top_p: numberOr(request.top_p, 1),
    truncation: 'disabled',
    user: request.user ?? null,
  }
}

/** The response as it stands; while in progress without output and usage, as OpenAI's own. */
export const responseObject = (frame: ResponseFrame, state: ResponseState): JsonObject => ({
  id: frame.id,
  object: 'response',
  created_at: frame.createdAt,
  completed_at: state.completedAt,
  status: state.status,
  error: state.error,
  incomplete_details: state.incompleteReason === null ? null : { reason: state.incompleteReason },
  model: state.model,
  output: state.output,
  usage: state.usage,
  ...echoOf(frame.request),
  service_tier: state.serviceTier ?? 'default',
  store: frame.isStored,
})
