// Which chat parameters each kind of provider supports, unchanged or mapped to another form; parameters in neither list are
// unsupported. `open` servers ignore unknown parameters, or are not known themselves; for them only known refusals are dropped.
import type { PresetName } from '../../config/preset-hosts.ts'

export interface TargetParameters {
  isOpen: boolean
  /** Sent unchanged. */
  sent: ReadonlySet<string>
  /** Sent in another form, with its description. */
  mapped: Readonly<Record<string, string>>
  /** Refused by the server, although it is open. */
  lacks: ReadonlySet<string>
}

const target = (parts: Partial<TargetParameters>): TargetParameters => ({
  isOpen: false,
  sent: new Set(),
  mapped: {},
  lacks: new Set(),
  ...parts,
})

/** For callers who speak the provider's own dialect. */
export const targetTakingAll = target({ isOpen: true })

const COMMON = [
  ...['messages', 'stream', 'max_tokens', 'max_completion_tokens', 'temperature', 'top_p'],
  ...['stop', 'tools', 'tool_choice', 'response_format'],
]
const ADDRESSED = { model: 'the name at the provider' }
const COUNTED = { ...ADDRESSED, stream_options: '`include_usage` is added' }
const OLDER = { ...COUNTED, max_completion_tokens: '`max_tokens`' }

/** api.openai.com refuses what is not in its reference. */
const OPENAI = new Set([
  ...COMMON,
  ...['n', 'seed', 'frequency_penalty', 'presence_penalty', 'logit_bias', 'logprobs'],
  ...['top_logprobs', 'parallel_tool_calls', 'functions', 'function_call', 'reasoning_effort'],
  ...['verbosity', 'modalities', 'audio', 'prediction', 'web_search_options', 'moderation'],
  ...['safety_identifier', 'metadata', 'store', 'service_tier', 'prompt_cache_key'],
  ...['prompt_cache_retention', 'prompt_cache_options'],
])
const without = (set: ReadonlySet<string>, ...names: string[]): Set<string> =>
  new Set([...set].filter((name) => !names.includes(name)))

const OPENAI_LIKE = target({
  isOpen: true,
  sent: OPENAI,
  mapped: { ...COUNTED, user: 'hashed beyond 64 characters' },
})
/** Functions in OpenAI's older form, for servers that have only had tools. */
const TOOLS = { functions: '`tools`', function_call: '`tool_choice`' }
const SAMPLING = [
  ...['n', 'seed', 'frequency_penalty', 'presence_penalty', 'logit_bias'],
  ...['logprobs', 'top_logprobs'],
]
const USER = { user: 'hashed beyond 64 characters' }

/** Of OpenRouter and xAI. */
const OF_ROUTERS = ['provider', 'plugins', 'transforms', 'route', 'usage', 'search_parameters']
const OF_ANTHROPIC = [
  ...['stop_sequences', 'system', 'output_config', 'output_format', 'cache_control', 'container'],
  ...['context_management', 'compaction', 'diagnostics', 'fallbacks', 'fallback_credit_token'],
  ...['inference_geo', 'mcp_servers', 'speed', 'thread', 'user_profile_id', 'workspace_id'],
  'billing_policy',
]

const PRESETS: Record<PresetName, TargetParameters> = {
  openai: target({
    sent: OPENAI,
    mapped: {
      ...COUNTED,
      ...USER,
      max_tokens: '`max_completion_tokens`',
      metadata: 'only with `store`',
    },
  }),
  azure: target({
    sent: without(OPENAI, 'web_search_options', 'moderation', 'prompt_cache_options'),
    mapped: { ...COUNTED, ...USER },
  }),
  openrouter: OPENAI_LIKE,
  // https://console.groq.com/docs/openai: 400 for these
  groq: target({
    sent: new Set([
      ...COMMON,
      ...['seed', 'frequency_penalty', 'presence_penalty', 'parallel_tool_calls', 'functions'],
      ...['function_call', 'reasoning_effort', 'reasoning_format', 'include_reasoning'],
      ...['service_tier', 'metadata', 'store'],
    ]),
    mapped: { ...COUNTED, ...USER },
  }),
  // Its own client, https://github.com/togethercomputer/together-py
  together: target({
    sent: new Set([
      ...without(new Set([...COMMON, ...SAMPLING]), 'max_completion_tokens', 'top_logprobs'),
      ...['top_k', 'min_p', 'repetition_penalty', 'chat_template_kwargs', 'reasoning'],
      ...['reasoning_effort', 'context_length_exceeded_behavior', 'safety_model', 'echo'],
      'compliance',
    ]),
    mapped: { ...OLDER, ...TOOLS },
  }),
  // Its OpenAPI document; 422 extra_forbidden for the rest.
  mistral: target({
    sent: new Set([
      ...without(new Set(COMMON), 'max_completion_tokens'),
      ...['n', 'frequency_penalty', 'presence_penalty', 'parallel_tool_calls', 'prediction'],
      ...['random_seed', 'safe_prompt', 'prompt_mode', 'metadata', 'reasoning_effort'],
    ]),
    mapped: {
      ...ADDRESSED,
      max_completion_tokens: '`max_tokens`',
      seed: '`random_seed`',
      stream_options: 'usage comes unasked',
      ...TOOLS,
    },
  }),
  // https://api-docs.deepseek.com/api/create-chat-completion
  deepseek: target({
    sent: new Set([
      ...without(new Set(COMMON), 'max_completion_tokens'),
      ...['frequency_penalty', 'presence_penalty', 'logprobs', 'top_logprobs'],
      ...['thinking', 'reasoning_effort', 'user_id'],
    ]),
    mapped: { ...OLDER, ...TOOLS },
  }),
  // Its own client, https://github.com/fw-ai-external/python-sdk
  fireworks: target({
    sent: new Set([
      ...without(new Set([...COMMON, ...SAMPLING]), 'max_completion_tokens'),
      ...['parallel_tool_calls', 'reasoning_effort', 'reasoning_history', 'thinking', 'top_k'],
      ...['min_p', 'typical_p', 'repetition_penalty', 'mirostat_lr', 'mirostat_target'],
      ...['metadata', 'prediction', 'ignore_eos', 'context_length_exceeded_behavior', 'echo'],
      ...['echo_last', 'raw_output', 'return_token_ids', 'perf_metrics_in_response'],
      ...['prompt_cache_isolation_key', 'speculation', 'service_tier'],
    ]),
    mapped: { ...OLDER, ...USER, ...TOOLS },
  }),
  // Its page on OpenAI's clients: 400 for these
  cerebras: target({
    sent: new Set([
      ...COMMON,
      ...['n', 'seed', 'logprobs', 'top_logprobs', 'reasoning_effort', 'prediction'],
      ...['reasoning_format', 'clear_thinking'],
    ]),
    mapped: { ...COUNTED, ...USER, ...TOOLS },
  }),
  xai: target({
    sent: new Set([
      ...COMMON,
      ...[...SAMPLING, 'parallel_tool_calls', 'reasoning_effort', 'search_parameters'],
      ...['web_search_options', 'service_tier'],
    ]),
    mapped: { ...COUNTED, ...USER, ...TOOLS },
  }),
  // Takes what it does not know without a word: held back is what belongs to services.
  vllm: target({
    ...OPENAI_LIKE,
    mapped: { ...OPENAI_LIKE.mapped, ...TOOLS },
    lacks: new Set([
      ...['modalities', 'audio', 'prediction', 'web_search_options', 'moderation', 'verbosity'],
      ...['safety_identifier', 'metadata', 'store', 'service_tier', 'prompt_cache_key'],
      ...['prompt_cache_retention', 'prompt_cache_options', ...OF_ROUTERS, ...OF_ANTHROPIC],
    ]),
  }),
  // https://github.com/ollama/ollama, docs/api/openai-compatibility
  ollama: target({
    sent: new Set([
      ...without(new Set(COMMON), 'max_completion_tokens'),
      ...['seed', 'frequency_penalty', 'presence_penalty', 'logprobs', 'top_logprobs'],
      ...['reasoning_effort', 'reasoning', 'keep_alive', 'options'],
    ]),
    mapped: { ...OLDER, ...TOOLS },
  }),
  // https://lmstudio.ai/docs/developer/openai-compat
  lmstudio: target({
    sent: new Set([
      ...without(new Set(COMMON), 'max_completion_tokens'),
      ...['seed', 'frequency_penalty', 'presence_penalty', 'logit_bias', 'logprobs'],
      ...['top_logprobs', 'top_k', 'repeat_penalty', 'reasoning_effort', 'ttl'],
    ]),
    mapped: { ...OLDER, ...TOOLS },
  }),
}

/** A server without a preset may support anything; its refusals are learned. */
export const openAiParameters = (preset: PresetName | undefined): TargetParameters =>
  preset === undefined ? OPENAI_LIKE : PRESETS[preset]

export const ANTHROPIC_PARAMETERS = target({
  sent: new Set([
    ...['top_p', 'top_k', 'thinking', 'container', 'context_management'],
    ...['compaction', 'diagnostics', 'fallbacks', 'fallback_credit_token', 'inference_geo'],
    ...['mcp_servers', 'speed', 'cache_control', 'output_config', 'user_profile_id'],
    ...['workspace_id', 'thread', 'billing_policy'],
  ]),
  mapped: {
    ...ADDRESSED,
    messages: '`messages` and `system`',
    stream: '`stream`',
    stream_options: 'usage comes unasked',
    max_tokens: '`max_tokens`',
    max_completion_tokens: '`max_tokens`',
    temperature: 'at most 1',
    stop: '`stop_sequences`',
    user: '`metadata.user_id`, hashed beyond 256 characters',
    tools: '`tools`',
    tool_choice: '`tool_choice`',
    parallel_tool_calls: '`disable_parallel_tool_use`',
    functions: '`tools`',
    function_call: '`tool_choice`',
    reasoning_effort: '`output_config.effort`, or `thinking` disabled',
    response_format: '`output_config.format`; JSON without a schema by the system prompt',
  },
})

export const GEMINI_PARAMETERS = target({
  mapped: {
    ...ADDRESSED,
    messages: '`contents` and `systemInstruction`',
    stream: 'the method',
    stream_options: 'usage comes unasked',
    max_tokens: '`maxOutputTokens`',
    max_completion_tokens: '`maxOutputTokens`',
    temperature: '`temperature`',
    top_p: '`topP`',
    top_k: '`topK`',
    n: '`candidateCount`',
    seed: '`seed`',
    stop: '`stopSequences`',
    frequency_penalty: '`frequencyPenalty`',
    presence_penalty: '`presencePenalty`',
    logprobs: '`responseLogprobs`',
    top_logprobs: '`logprobs`',
    response_format: '`responseMimeType`, `responseJsonSchema`',
    tools: '`functionDeclarations`',
    tool_choice: '`functionCallingConfig`',
    functions: '`functionDeclarations`',
    function_call: '`functionCallingConfig`',
    reasoning_effort: '`thinkingConfig`',
    thinking: '`thinkingConfig`',
    modalities: 'text only',
  },
})
