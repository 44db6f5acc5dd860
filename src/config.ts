// The schema of signalbox.yaml: every knob, its default and its unit in one place. Keys are snake_case as in the file.
import { z } from 'zod'

const modelSchema = z.strictObject({
  provider: z.string().describe('Name of an entry of `providers`.'),
  name: z.string().describe("The model's name at the provider."),
  input_usd_per_million: z.number().nonnegative().nullable().default(null),
  output_usd_per_million: z.number().nonnegative().nullable().default(null),
  context_window: z.int().positive().nullable().default(null).describe('Tokens.'),
})

const providerSchema = z.strictObject({
  kind: z.enum(['openai', 'echo']),
  base_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Ends in /v1 for most providers.'),
  api_key_env: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is the NAME of an environment variable, not the key itself')
    .optional(),
})

const routeSchema = z.strictObject({
  description: z.string().default(''),
  models: z.array(z.string()).min(1).describe('Configured model ids, the preferred first.'),
  threshold: z
    .union([z.literal('auto'), z.number().min(0).max(1)])
    .default('auto')
    .describe('Least confidence that takes this route; auto uses the one fitted at rebuild.'),
})

export const routeNamePattern = /^[a-z][a-z0-9_-]{0,63}$/

const serverSchema = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: z.int().min(0).max(65535).default(8787),
  max_body_bytes: z.int().positive().default(1_048_576),
  drain_timeout_ms: z.int().nonnegative().default(30_000),
  headers_timeout_ms: z.int().positive().default(10_000),
  request_timeout_ms: z.int().positive().default(30_000).describe('To receive a whole request.'),
})

const encoderSchema = z.strictObject({
  model: z.string().default('all-MiniLM-L6-v2').describe('Folder under models/, or a path to one.'),
  precision: z.enum(['int8', 'fp32']).default('int8'),
  pooling: z.enum(['mean', 'cls', 'max']).default('mean'),
  max_chars: z.int().min(64).max(20_000).default(1_000),
  max_tokens: z.int().min(16).max(512).default(256),
  deadline_ms: z.int().positive().default(250),
  queue_limit: z.int().positive().default(128),
  cache_size: z.int().nonnegative().default(10_000),
  processes: z.int().min(1).max(16).default(1),
  threads: z.int().min(1).max(64).default(1),
})

const indexSchema = z.strictObject({
  m: z.int().min(4).max(96).default(16),
  ef_construction: z.int().min(16).max(2_000).default(200),
  ef_search: z.int().min(10).max(2_000).default(64),
  neighbours: z.int().min(1).max(200).default(32).describe('k: neighbours fetched per decision.'),
  min_recall: z.number().min(0).max(1).default(0.99).describe('Below it, exact search serves.'),
  keep_generations: z.int().min(2).default(5),
  seed: z.int().nonnegative().default(42),
})

const resilienceSchema = z.strictObject({
  total_timeout_ms: z.int().positive().default(120_000),
  first_token_timeout_ms: z.int().positive().default(30_000),
  idle_timeout_ms: z.int().positive().default(30_000),
})

const storageSchema = z.strictObject({
  store_text: z.enum(['full', 'hash', 'off']).default('full'),
  flush_interval_ms: z.int().positive().default(50),
  queue_limit: z.int().positive().default(10_000),
  retention_days: z.int().positive().default(90),
})

const telemetrySchema = z.strictObject({
  log_level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
})

export const configSchema = z.strictObject({
  server: serverSchema.prefault({}),
  encoder: encoderSchema.prefault({}),
  index: indexSchema.prefault({}),
  providers: z.record(z.string(), providerSchema),
  models: z.record(z.string(), modelSchema),
  routes: z.record(z.string().regex(routeNamePattern), routeSchema),
  default_route: z.string(),
  resilience: resilienceSchema.prefault({}),
  storage: storageSchema.prefault({}),
  telemetry: telemetrySchema.prefault({}),
  training_data: z.string().default('training-data').describe('Folder of <route>.jsonl files.'),
})

export type Config = z.infer<typeof configSchema>
export type EncoderConfig = Config['encoder']
export type IndexConfig = Config['index']
export type ProviderConfig = Config['providers'][string]
export type ModelConfig = Config['models'][string]
