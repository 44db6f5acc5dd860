// Providers of the embedded defaults: how the environment names them, and their default models.
import type { z } from 'zod'
import type { configSchema } from './config-schema.ts'
import type { Environment } from './environment.ts'

type ProviderInput = z.input<typeof configSchema>['providers'][string]

export interface FoundProvider {
  name: string
  /** Variables of the environment by which it was found. */
  foundBy: string[]
  settings: ProviderInput
  /** Names of its models there. */
  models: { small: string; large: string }
}

interface KnownProvider {
  name: string
  settings: ProviderInput
  /** Variables for its key, and for a different address. */
  keys: string[]
  address: string
  models: FoundProvider['models']
}

const hosted = (
  preset: 'mistral' | 'groq' | 'openrouter',
  models: KnownProvider['models'],
): KnownProvider => ({
  name: preset,
  settings: { kind: 'openai', preset },
  keys: [`${preset.toUpperCase()}_API_KEY`],
  address: `${preset.toUpperCase()}_BASE_URL`,
  models,
})

/** In order of preference. */
const KNOWN: readonly KnownProvider[] = [
  {
    name: 'openai',
    settings: { kind: 'openai', base_url: 'https://api.openai.com/v1' },
    keys: ['OPENAI_API_KEY'],
    address: 'OPENAI_BASE_URL',
    models: { small: 'gpt-4.1-mini', large: 'gpt-4.1' },
  },
  {
    name: 'anthropic',
    settings: { kind: 'anthropic' },
    keys: ['ANTHROPIC_API_KEY'],
    address: 'ANTHROPIC_BASE_URL',
    models: { small: 'claude-haiku-4-5', large: 'claude-sonnet-4-6' },
  },
  {
    name: 'gemini',
    settings: { kind: 'gemini' },
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    address: 'GEMINI_BASE_URL',
    models: { small: 'gemini-2.5-flash', large: 'gemini-2.5-pro' },
  },
  hosted('mistral', { small: 'mistral-small-latest', large: 'mistral-large-latest' }),
  hosted('groq', { small: 'llama-3.1-8b-instant', large: 'openai/gpt-oss-120b' }),
  hosted('openrouter', { small: 'openai/gpt-4.1-mini', large: 'anthropic/claude-sonnet-4.5' }),
]

/** OpenAI's address without a key is a local server; other providers are recognised by their key. */
const foundOf = (known: KnownProvider, env: Environment): FoundProvider | null => {
  const key = known.keys.find((name) => env[name])
  const address = env[known.address]
  if (!key && !(known.name === 'openai' && address)) return null
  return {
    name: known.name,
    foundBy: [...(address ? [known.address] : []), ...(key ? [key] : [])],
    settings: {
      ...known.settings,
      ...(address && { base_url: address }),
      ...(key && { api_key_env: key }),
    },
    models: known.models,
  }
}

const OLLAMA_PORT = 11_434

/** Parses OLLAMA_HOST as Ollama's own clients do: a host, a host and port, or a URL. */
const ollamaAddress = (written: string): string | null => {
  const full = /^https?:\/\//.test(written) ? written : `http://${written}`
  if (!URL.canParse(full)) return null
  const url = new URL(full)
  // 0.0.0.0 is a listening address and cannot be called.
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1'
  const isBare = !/:\d+\/?$/.test(written) && url.protocol === 'http:' && url.port === ''
  if (isBare) url.port = String(OLLAMA_PORT)
  return `${url.origin}/v1`
}

const foundOllama = (env: Environment): FoundProvider | null => {
  const address = env.OLLAMA_HOST ? ollamaAddress(env.OLLAMA_HOST) : null
  if (address === null) return null
  return {
    name: 'ollama',
    foundBy: ['OLLAMA_HOST'],
    settings: { kind: 'openai', preset: 'ollama', base_url: address },
    models: { small: 'llama3.2', large: 'qwen3' },
  }
}

/** In order of preference; empty where the environment names none. */
export const findProviders = (env: Environment): FoundProvider[] =>
  [...KNOWN.map((known) => foundOf(known, env)), foundOllama(env)].filter((found) => found !== null)
