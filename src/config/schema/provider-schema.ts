// The part of signalbox.yaml about models and the providers that serve them.
import { z } from 'zod'
import { EFFORTS } from './action-schema.ts'

export const modelSchema = z.strictObject({
  provider: z.string().describe('Name of an entry of `providers`.'),
  name: z.string().describe("The model's name at the provider."),
  input_usd_per_million: z
    .number()
    .nonnegative()
    .nullable()
    .default(null)
    .describe(
      'Price of prompt tokens. A model without any price has those of the price book (models/prices.json) where that knows it; else they are unknown, and so is the cost of answers.',
    ),
  output_usd_per_million: z
    .number()
    .nonnegative()
    .nullable()
    .default(null)
    .describe('Price of answer tokens; null: as the price book says, else unknown.'),
  cached_input_usd_per_million: z
    .number()
    .nonnegative()
    .nullable()
    .default(null)
    .describe(
      'Price of prompt tokens that the provider read from its cache; null: as other input.',
    ),
  cache_write_usd_per_million: z
    .number()
    .nonnegative()
    .nullable()
    .default(null)
    .describe('For prompt tokens written to the provider’s cache; null: 1.25 times other input.'),
  cache_write_1h_usd_per_million: z
    .number()
    .nonnegative()
    .nullable()
    .default(null)
    .describe('The same where they are kept for an hour; null: twice other input.'),
  context_window: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe(
      'Most tokens of prompt and answer together; null: as the price book says, else unknown.',
    ),
  max_output_tokens: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe('Most tokens of an answer; null: as the price book says, else unknown.'),
  effort: z
    .enum(EFFORTS)
    .nullable()
    .default(null)
    .describe('Reasoning effort that is asked for where the caller names none.'),
  answer_tokens: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe('Most tokens of an answer that are asked for, however many the caller allows.'),
  capabilities: z
    .array(z.enum(['tools', 'vision', 'json_schema', 'audio', 'files']))
    .nullable()
    .default(null)
    .describe(
      'All that the model can do beyond text; null: as the price book says, else unknown, and nothing is held against it.',
    ),
})

/** Known servers: src/upstream/presets/presets.ts. */
/** Headers of a caller's request that may be forwarded; only those that a provider's entry names are. */
export const forwardableHeaders = [
  'openai-organization',
  'openai-project',
  'idempotency-key',
  'traceparent',
  'tracestate',
] as const

export const presetNames = [
  'openai',
  'azure',
  'openrouter',
  'groq',
  'together',
  'mistral',
  'deepseek',
  'fireworks',
  'cerebras',
  'xai',
  'vllm',
  'ollama',
  'lmstudio',
] as const

const keyVariable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is the NAME of an environment variable, not the key itself')

const providerLimitsSchema = z.strictObject({
  max_concurrent: z.int().positive().default(128).describe('Calls to the provider at once.'),
  queue_limit: z.int().nonnegative().default(256).describe('Callers that may wait for a place.'),
  queue_timeout_ms: z.int().positive().default(10_000).describe('Longest wait for a place.'),
})

export const providerSchema = z.strictObject({
  kind: z
    .enum(['openai', 'anthropic', 'gemini', 'echo'])
    .describe('The API that it speaks. echo: the built-in demo, which needs no address.'),
  preset: z
    .enum(presetNames)
    .optional()
    .describe(
      'For kind openai: address and habits of a known server. Guessed from base_url where it is left out.',
    ),
  base_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address of the API; ends in /v1 for most providers.'),
  api_key_env: z
    .union([keyVariable, z.array(keyVariable).min(1).max(64)])
    .optional()
    .describe(
      'Name of the environment variable that holds the key, or several names whose keys are used in turn.',
    ),
  api_version: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,40}$/)
    .optional()
    .describe('Value of api-version, for preset azure.'),
  extra_headers: z
    .record(
      z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'is not a valid header name'),
      z
        .string()
        .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?$/, 'is not a valid header value'),
    )
    .optional()
    .describe('Sent with every call. Never keys: those belong into api_key_env.'),
  forward_headers: z
    .array(z.enum(forwardableHeaders))
    .optional()
    .describe("Headers of the caller's request that the provider is sent, too."),
  model_header: z
    .boolean()
    .optional()
    .describe("Whether X-Gateway-Model-Name is sent, with the model's name there."),
  allow_private: z
    .boolean()
    .optional()
    .describe('Whether base_url may lead to loopback or a private network.'),
  limits: providerLimitsSchema.prefault({}).describe('Calls at once, and who waits.'),
})
