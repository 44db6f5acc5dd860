// Known OpenAI-compatible servers: their address and differences from OpenAI's API. Only what a server refuses or does not support is
// listed; a server without a preset gets the caller's body unchanged.

import { type PresetName, presetNameOf } from '../../config/preset-hosts.ts'
import { type IdRule, MISTRAL_IDS, OPENAI_IDS, OTHER_IDS } from '../../dialects/chat/tool-ids.ts'

export interface Preset {
  /** Null: differs per customer and must be configured. */
  baseUrl: string | null
  keyHeader: 'authorization' | 'api-key'
  /** `deployments`: the model's name is part of the path, and the version of the API in the query (Azure). */
  path: 'plain' | 'deployments'
  /** The field that the server supports for the maximum answer length; `both`: the caller's is used. */
  maxTokensField: 'both' | 'max_tokens' | 'max_completion_tokens'
  /** False: `stream_options` is refused, and usage is always sent. */
  takesStreamOptions: boolean
  /** False: the role `developer` is unknown and sent as `system`. */
  takesDeveloperRole: boolean
  /** False: thoughts of earlier turns (`reasoning_content`) are refused or of no use. */
  takesThoughts: boolean
  /** No preset is known: it may support anything. */
  isUnknown: boolean
  /** Its name for `seed`. */
  seedField: 'seed' | 'random_seed'
  /** `metadata` is only accepted for stored completions. */
  storesMetadata: boolean
  /** Supports `cache_control` in parts and tools. */
  takesCacheControl: boolean
  /** False: it has never had `functions`, OpenAI's older form of tools. */
  takesFunctions: boolean
  /** Knows a choice among some of the tools (`allowed_tools`). */
  takesAllowedTools: boolean
  /** Has the Responses API at `/responses`. */
  takesResponses: boolean
  /** The form of tool call ids that it accepts. */
  ids: IdRule
}

const OPENAI_LIKE: Preset = {
  baseUrl: null,
  keyHeader: 'authorization',
  path: 'plain',
  maxTokensField: 'both',
  takesStreamOptions: true,
  takesDeveloperRole: true,
  takesThoughts: true,
  isUnknown: false,
  seedField: 'seed',
  storesMetadata: false,
  takesCacheControl: false,
  takesFunctions: true,
  takesAllowedTools: false,
  takesResponses: false,
  ids: OTHER_IDS,
}

/** Servers that know OpenAI's older fields only. */
const OLDER: Preset = {
  ...OPENAI_LIKE,
  maxTokensField: 'max_tokens',
  takesDeveloperRole: false,
  takesFunctions: false,
}

const PRESETS: Record<PresetName, Preset> = {
  // Its reasoning models refuse max_tokens; max_completion_tokens is taken by all.
  openai: {
    ...OPENAI_LIKE,
    baseUrl: 'https://api.openai.com/v1',
    maxTokensField: 'max_completion_tokens',
    storesMetadata: true,
    takesAllowedTools: true,
    takesResponses: true,
    takesThoughts: false,
    ids: OPENAI_IDS,
  },
  azure: {
    ...OPENAI_LIKE,
    takesAllowedTools: true,
    takesThoughts: false,
    ids: OPENAI_IDS,
    keyHeader: 'api-key',
    path: 'deployments',
  },
  openrouter: {
    ...OPENAI_LIKE,
    baseUrl: 'https://openrouter.ai/api/v1',
    takesCacheControl: true,
    takesResponses: true,
  },
  groq: {
    ...OPENAI_LIKE,
    takesThoughts: false,
    baseUrl: 'https://api.groq.com/openai/v1',
  },
  together: { ...OLDER, baseUrl: 'https://api.together.xyz/v1' },
  // 422 extra_forbidden for stream_options and max_completion_tokens; usage is in the last chunk unasked.
  mistral: {
    ...OLDER,
    baseUrl: 'https://api.mistral.ai/v1',
    takesStreamOptions: false,
    takesThoughts: false,
    seedField: 'random_seed',
    ids: MISTRAL_IDS,
  },
  deepseek: { ...OLDER, baseUrl: 'https://api.deepseek.com/v1' },
  fireworks: {
    ...OLDER,
    baseUrl: 'https://api.fireworks.ai/inference/v1',
  },
  cerebras: {
    ...OPENAI_LIKE,
    takesFunctions: false,
    takesThoughts: false,
    baseUrl: 'https://api.cerebras.ai/v1',
  },
  xai: { ...OPENAI_LIKE, baseUrl: 'https://api.x.ai/v1', takesFunctions: false },
  vllm: {
    ...OPENAI_LIKE,
    baseUrl: 'http://127.0.0.1:8000/v1',
    takesFunctions: false,
    takesResponses: true,
  },
  ollama: { ...OLDER, baseUrl: 'http://127.0.0.1:11434/v1', takesResponses: true },
  lmstudio: { ...OLDER, baseUrl: 'http://127.0.0.1:1234/v1' },
}

/** An unknown server. */
const UNKNOWN: Preset = { ...OPENAI_LIKE, isUnknown: true }

/** The named preset, else the one of the host of `baseUrl`, else a plain OpenAI-compatible server. */
export const presetOf = (name: PresetName | undefined, baseUrl: string | undefined): Preset => {
  const known = presetNameOf(name, baseUrl)
  return known === undefined ? UNKNOWN : PRESETS[known]
}
