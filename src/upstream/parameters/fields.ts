// Every known parameter of a chat request, and the effect of leaving it out. Unknown fields count as `tunes`.
import { isObject } from '../../dialects/json.ts'

/**
 * `means`: without it the answer would not be what was requested. `tunes`: the answer would differ in wording or length.
 * `keeps`: accounting, hints, billing; the answer is the same.
 */
export type Effect = 'means' | 'tunes' | 'keeps'

export interface Field {
  effect: Effect
  /** Whether the value is the default behaviour, so that leaving it out loses nothing. */
  isUsual?: (value: unknown) => boolean
}

const oneOf =
  (...usual: unknown[]) =>
  (value: unknown): boolean =>
    usual.includes(value)
const isEmpty = (value: unknown): boolean =>
  isObject(value) ? Object.keys(value).length === 0 : Array.isArray(value) && value.length === 0
const isTextOnly = (value: unknown): boolean =>
  Array.isArray(value) && value.every((kind) => kind === 'text')

const means = (isUsual?: Field['isUsual']): Field => ({
  effect: 'means',
  ...(isUsual && { isUsual }),
})
const tunes = (isUsual?: Field['isUsual']): Field => ({
  effect: 'tunes',
  ...(isUsual && { isUsual }),
})
const keeps = (isUsual?: Field['isUsual']): Field => ({
  effect: 'keeps',
  ...(isUsual && { isUsual }),
})

/** Fields of OpenAI's chat completions, by its OpenAPI document. */
export const CHAT_FIELDS: Record<string, Field> = {
  model: means(),
  messages: means(),
  stream: means(),
  stream_options: keeps(),
  max_tokens: means(),
  max_completion_tokens: means(),
  temperature: tunes(oneOf(1)),
  top_p: tunes(oneOf(1)),
  n: means(oneOf(1)),
  stop: means(isEmpty),
  seed: tunes(),
  frequency_penalty: tunes(oneOf(0)),
  presence_penalty: tunes(oneOf(0)),
  logit_bias: tunes(isEmpty),
  logprobs: means(oneOf(false)),
  top_logprobs: means(oneOf(0)),
  response_format: means((value) => isObject(value) && value.type === 'text'),
  tools: means(isEmpty),
  tool_choice: means(),
  parallel_tool_calls: tunes(oneOf(true)),
  functions: means(isEmpty),
  function_call: means(),
  reasoning_effort: tunes(),
  verbosity: tunes(oneOf('medium')),
  modalities: means(isTextOnly),
  audio: means(),
  prediction: tunes(),
  web_search_options: means(),
  moderation: means(),
  user: keeps(),
  safety_identifier: keeps(),
  metadata: keeps(isEmpty),
  store: keeps(oneOf(false)),
  service_tier: keeps(oneOf('auto', 'default')),
  prompt_cache_key: keeps(),
  prompt_cache_retention: keeps(),
  prompt_cache_options: keeps(),
}

/** Fields of other servers, which clients send to any server. */
export const OTHER_FIELDS: Record<string, Field> = {
  top_k: tunes(),
  min_p: tunes(),
  top_a: tunes(),
  typical_p: tunes(),
  repetition_penalty: tunes(),
  random_seed: tunes(),
  thinking: tunes((value) => isObject(value) && value.type === 'disabled'),
  reasoning: tunes(),
  reasoning_format: tunes(),
  include_reasoning: tunes(),
  enable_thinking: tunes(),
  thinking_budget: tunes(),
  chat_template_kwargs: tunes(),
  provider: tunes(),
  plugins: tunes(),
  transforms: tunes(),
  route: tunes(),
  usage: keeps(),
  safe_prompt: tunes(),
  prompt_mode: tunes(),
  guided_json: means(),
  guided_regex: means(),
  guided_choice: means(),
  guided_grammar: means(),
  structured_outputs: means(),
  keep_alive: keeps(),
  options: tunes(),
  search_parameters: means(),
}

/** Anthropic's fields, by the reference of its Messages API. */
export const ANTHROPIC_FIELDS: Record<string, Field> = {
  stop_sequences: means(isEmpty),
  system: means(),
  output_config: tunes(),
  output_format: means(),
  billing_policy: keeps(),
  cache_control: keeps(),
  container: means(),
  context_management: tunes(),
  compaction: tunes(),
  diagnostics: keeps(),
  fallbacks: tunes(),
  fallback_credit_token: keeps(),
  inference_geo: means(),
  mcp_servers: means(isEmpty),
  speed: tunes(oneOf('standard')),
  thread: means(),
  user_profile_id: keeps(),
  workspace_id: keeps(),
}

const ALL: Record<string, Field> = { ...ANTHROPIC_FIELDS, ...OTHER_FIELDS, ...CHAT_FIELDS }

export const fieldOf = (name: string): Field =>
  (Object.hasOwn(ALL, name) ? ALL[name] : undefined) ?? tunes()

/** The router's own fields, and fields by which other proxies redirect a call: never sent, nothing is lost. */
export const OURS = new Set([
  ...['models', 'api_key', 'api_base', 'base_url', 'api_version', 'custom_llm_provider'],
  ...['extra_headers', 'x_router_fail_targets'],
])
