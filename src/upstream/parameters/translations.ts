// How parameters of Anthropic's dialect and of the Responses API are translated where the provider does not speak them: the request is
// translated to chat first. Parameters that become `chat` or stay `same` are then checked against the provider's list (targets.ts).
// The translations themselves are in src/dialects; a test compares them with this list.

export type Translation =
  /** A chat parameter of the same name. */
  | { as: 'same' }
  /** Translated to another chat parameter. */
  | { as: 'chat'; to: string }
  /** Handled by the router itself. */
  | { as: 'ours'; how: string }
  /** Dropped, and reported in `x-router-dropped`. */
  | { as: 'dropped' }
  /** Refused by name. */
  | { as: 'refused' }

const same: Translation = { as: 'same' }
const dropped: Translation = { as: 'dropped' }
const refused: Translation = { as: 'refused' }
const chat = (to: string): Translation => ({ as: 'chat', to })
const ours = (how: string): Translation => ({ as: 'ours', how })

const ROUTING = ours('routing; the name at the provider')

export const MESSAGES_TRANSLATIONS: Record<string, Translation> = {
  model: ROUTING,
  messages: same,
  system: chat('`messages`'),
  max_tokens: chat('`max_completion_tokens`'),
  stream: same,
  stop_sequences: chat('`stop`'),
  temperature: same,
  top_p: same,
  top_k: same,
  thinking: chat('`reasoning_effort`'),
  output_config: chat('`reasoning_effort`, `response_format`'),
  output_format: refused,
  tools: same,
  tool_choice: same,
  metadata: chat('`user`'),
  context_management: dropped,
  compaction: dropped,
  cache_control: dropped,
  diagnostics: dropped,
  service_tier: dropped,
  speed: dropped,
  fallbacks: dropped,
  fallback_credit_token: dropped,
  billing_policy: dropped,
  user_profile_id: dropped,
  workspace_id: dropped,
  container: refused,
  inference_geo: refused,
  mcp_servers: refused,
  thread: refused,
}

export const RESPONSES_TRANSLATIONS: Record<string, Translation> = {
  model: ROUTING,
  input: chat('`messages`'),
  instructions: chat('`messages`'),
  max_output_tokens: chat('`max_completion_tokens`'),
  reasoning: chat('`reasoning_effort`'),
  text: chat('`response_format`, `verbosity`'),
  tools: same,
  tool_choice: same,
  parallel_tool_calls: same,
  top_logprobs: same,
  include: ours('log-probabilities and carried thoughts; else dropped'),
  stream: same,
  stream_options: ours('nothing is obfuscated'),
  store: ours('kept by the router'),
  previous_response_id: ours('kept by the router'),
  truncation: refused,
  background: refused,
  conversation: refused,
  prompt: refused,
  context_management: refused,
  temperature: same,
  top_p: same,
  metadata: same,
  moderation: same,
  user: same,
  safety_identifier: same,
  service_tier: same,
  prompt_cache_key: same,
  prompt_cache_options: same,
  prompt_cache_retention: same,
}
