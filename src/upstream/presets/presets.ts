// OpenAI-compatible servers whose address and habits are known. A habit is only listed where the server refuses, or does
// not understand, what OpenAI takes; a server without a preset gets the caller's body as it is.

import { type PresetName, presetNameOf } from '../../config/preset-hosts.ts'
import { type IdRule, MISTRAL_IDS, OPENAI_IDS, OTHER_IDS } from '../../dialects/chat/tool-ids.ts'

export interface Preset {
  /** Null: every customer has another, so it must be configured. */
  baseUrl: string | null
  keyHeader: 'authorization' | 'api-key'
  /** `deployments`: the model's name is part of the path, and the version of the API in the query (Azure). */
  path: 'plain' | 'deployments'
  /** The only field that the server takes for the longest answer; `both` leaves the caller's. */
  maxTokensField: 'both' | 'max_tokens' | 'max_completion_tokens'
  /** False: `stream_options` is refused, and usage comes unasked. */
  takesStreamOptions: boolean
  /** False: the role `developer` is unknown and sent as `system`. */
  takesDeveloperRole: boolean
  /** False: thoughts of earlier turns (`reasoning_content`) are refused or of no use. */
  takesThoughts: boolean
  /** No preset is known: it may take what no other does. */
  isUnknown: boolean
  /** Its name for `seed`. */
  seedField: 'seed' | 'random_seed'
  /** Metadata is of what it stores, and refused without. */
  storesMetadata: boolean
  /** Takes `cache_control` in parts and tools. */
  takesCacheControl: boolean
  /** False: it has never had `functions`, OpenAI's older form of tools. */
  takesFunctions: boolean
  /** Knows a choice among some of the tools (`allowed_tools`). */
  takesAllowedTools: boolean
  /** Has the Responses API at `/responses`. */
  takesResponses: boolean
  /** Ids of tool calls that it takes as they are. */
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

/** A server of which nothing is known. */
const UNKNOWN: Preset = { ...OPENAI_LIKE, isUnknown: true }

/** The named preset, else the one that the host of `baseUrl` tells, else a plain OpenAI-compatible server. */
export const presetOf = (name: PresetName | undefined, baseUrl: string | undefined): Preset => {
  const known = presetNameOf(name, baseUrl)
  return known === undefined ? UNKNOWN : PRESETS[known]
}
