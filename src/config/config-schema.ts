// The schema of signalbox.yaml: every knob, its default and its unit in one place. Keys are snake_case as in the file.
import { z } from 'zod'
import { selectSchema } from './select-schema.ts'

const modelSchema = z.strictObject({
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
  capabilities: z
    .array(z.enum(['tools', 'vision', 'json_schema', 'audio', 'files']))
    .nullable()
    .default(null)
    .describe(
      'All that the model can do beyond text; null: as the price book says, else unknown, and nothing is held against it.',
    ),
})

/** Servers whose address and habits are known: src/upstream/presets/presets.ts. */
/** Of a caller's request; none is sent on unless a provider's entry names it. */
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

const providerSchema = z.strictObject({
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
      z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'is no header name'),
      z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?$/, 'is no header value'),
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

const streamModeSchema = z
  .enum(['live', 'buffered'])
  .describe('buffered: hold a stream back until it is whole, so that a cut one can be replaced.')

const chainSchema = z.array(z.string())

/** What each list of fallbacks is for. */
const FALLBACKS = {
  general: 'Model ids to try, in this order, after those of the route have failed.',
  context_window: 'Model ids for prompts that are too long for the model.',
  content_policy: 'Model ids for prompts that a provider’s content filter refused.',
}

const routeResilienceSchema = z.strictObject({
  stream: streamModeSchema.optional(),
  fallbacks: z
    .strictObject({
      general: chainSchema.optional().describe(FALLBACKS.general),
      context_window: chainSchema.optional().describe(FALLBACKS.context_window),
      content_policy: chainSchema.optional().describe(FALLBACKS.content_policy),
    })
    .prefault({})
    .describe('Each list given here replaces the global one for this route.'),
})

const routeCacheSchema = z.strictObject({
  mode: z
    .enum(['off', 'exact', 'semantic'])
    .default('off')
    .describe(
      'exact: answer the same request of the same key again without a call. semantic: also a first question of the same words but for articles, courtesies and the like.',
    ),
  ttl_ms: z.int().positive().default(3_600_000).describe('How long an answer is kept.'),
  similarity: z
    .number()
    .min(0.8)
    .max(1)
    .default(0.97)
    .describe('Least cosine of the embeddings, for mode semantic.'),
})

const routeSchema = z.strictObject({
  description: z
    .string()
    .default('')
    .describe(
      'What belongs here, for people; the classifier uses it with training.trust_descriptions.',
    ),
  models: z
    .array(z.string())
    .min(1)
    .describe('Configured model ids, the preferred first; the others are tried after it.'),
  select: selectSchema.describe(
    'How one of them is chosen; first: in the order written. An object where the policy has settings: see [the policies](../core/select/README.md).',
  ),
  threshold: z
    .union([z.literal('auto'), z.number().min(0).max(1)])
    .default('auto')
    .describe('Least confidence that takes this route; auto uses the one fitted at rebuild.'),
  resilience: routeResilienceSchema
    .prefault({})
    .describe('What differs from the global resilience.'),
  cache: routeCacheSchema.prefault({}).describe('Whether answers are kept and served again.'),
})

export const routeNamePattern = /^[a-z][a-z0-9_-]{0,63}$/

const corsSchema = z.strictObject({
  origins: z
    .array(
      z
        .string()
        .regex(
          /^[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/?#@*]{1,300}$/,
          'is not an origin such as https://app.example.com; each is named in full, without a path',
        ),
    )
    .max(100)
    .default([])
    .describe('Web pages of these origins may call this server and read its answers.'),
})

const serverSchema = z.strictObject({
  host: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address to listen on. On any but a loopback address the server starts only with an admin key. HOST overrides it.',
    ),
  port: z
    .int()
    .min(0)
    .max(65535)
    .default(8787)
    .describe('Port to listen on; 0: any free one. PORT overrides it.'),
  max_body_bytes: z
    .int()
    .positive()
    .default(8_388_608)
    .describe(
      'Larger requests get a 413. Bodies of more than 8 MiB stand in the way of other requests for more than 50 ms.',
    ),
  drain_timeout_ms: z
    .int()
    .nonnegative()
    .default(30_000)
    .describe('How long running answers may take after SIGTERM.'),
  headers_timeout_ms: z
    .int()
    .positive()
    .default(10_000)
    .describe('To receive the headers of a request.'),
  request_timeout_ms: z
    .int()
    .positive()
    .default(30_000)
    .describe('To receive a whole request, body included.'),
  cors: corsSchema.prefault({}).describe('Web pages.'),
})

const encoderSchema = z.strictObject({
  model: z
    .string()
    .default('all-MiniLM-L6-v2')
    .describe('Folder under models/, or a path to a transformers.js model folder.'),
  precision: z.enum(['int8', 'fp32']).default('int8').describe("Which of the model's graphs runs."),
  pooling: z.enum(['mean', 'cls', 'max']).default('mean').describe('How token vectors become one.'),
  max_chars: z
    .int()
    .min(64)
    .max(20_000)
    .default(1_200)
    .describe(
      'Most of the routing text that is classified, and at most a quarter as many tokens; a longer one keeps head, middle and tail, and is flagged.',
    ),
  max_tokens: z
    .int()
    .min(16)
    .max(512)
    .default(256)
    .describe('One window; longer texts are embedded as three windows and pooled.'),
  deadline_ms: z
    .int()
    .positive()
    .default(250)
    .describe('Then the default route serves, with reason degraded.'),
  queue_limit: z.int().positive().default(128).describe('Prompts that may wait for the encoder.'),
  cache_size: z.int().nonnegative().default(10_000).describe('Embeddings kept in memory.'),
  processes: z
    .int()
    .min(1)
    .max(16)
    .default(1)
    .describe('Encoder processes; leave the server a core.'),
  threads: z.int().min(1).max(64).default(1).describe('Threads in each of them.'),
})

const conversationSchema = z.strictObject({
  inherit: z
    .boolean()
    .default(true)
    .describe(
      'Short follow-ups and tool loops stay with the route of the turn that they continue.',
    ),
  max_sessions: z
    .int()
    .nonnegative()
    .default(10_000)
    .describe('Conversations remembered in memory.'),
  half_life_ms: z
    .int()
    .positive()
    .default(1_800_000)
    .describe(
      'Half-life of what is remembered of a session whose requests do not carry their history.',
    ),
})

const indexSchema = z.strictObject({
  m: z.int().min(4).max(96).default(16).describe('HNSW: links of each exemplar.'),
  ef_construction: z
    .int()
    .min(16)
    .max(2_000)
    .default(200)
    .describe('HNSW: candidates looked at while building.'),
  ef_search: z
    .int()
    .min(10)
    .max(2_000)
    .default(64)
    .describe(
      'HNSW: candidates looked at in a search; a build widens it where recall falls short.',
    ),
  neighbours: z.int().min(1).max(200).default(32).describe('Neighbours fetched for a decision.'),
  min_recall: z
    .number()
    .min(0)
    .max(1)
    .default(0.99)
    .describe('Recall at 10 below which exact search serves.'),
  keep_generations: z.int().min(2).default(5).describe('Newest generations kept on disk.'),
  max_generations: z
    .int()
    .min(2)
    .default(30)
    .describe('Most generations kept, with those that stored decisions were made with.'),
  seed: z.int().nonnegative().default(42).describe('Of all random choices of a build.'),
})

const resilienceSchema = z.strictObject({
  total_timeout_ms: z
    .int()
    .positive()
    .default(120_000)
    .describe('One deadline over a whole request, all attempts and waits.'),
  connect_timeout_ms: z
    .int()
    .positive()
    .default(5_000)
    .describe('To a connection, of one attempt.'),
  first_byte_timeout_ms: z
    .int()
    .positive()
    .default(20_000)
    .describe('To the headers of a stream, of one attempt.'),
  whole_answer_timeout_ms: z
    .int()
    .positive()
    .default(90_000)
    .describe('To the headers of an answer that is not streamed: they come with its last token.'),
  first_token_timeout_ms: z
    .int()
    .positive()
    .default(10_000)
    .describe(
      'To the first content of a stream while another model is left to try; for the last one idle_timeout_ms, if longer. Raise it where a preferred model thinks in silence.',
    ),
  idle_timeout_ms: z
    .int()
    .positive()
    .default(30_000)
    .describe('Longest wait for the next bytes of an answer.'),
  max_attempts: z.int().min(1).max(4).default(4).describe('Calls for one request.'),
  unsupported_params: z
    .enum(['drop', 'next_model', 'refuse'])
    .default('next_model')
    .describe(
      'A parameter that the model does not take and that only tunes the answer is left out (`drop`), left out only where no other model of the chain takes it (`next_model`), or refused by name (`refuse`). One that changes what is asked for is always refused where no model of the chain takes it.',
    ),
  backoff_base_ms: z
    .int()
    .positive()
    .default(500)
    .describe('Wait before the first repeat; it doubles, with full jitter.'),
  backoff_max_ms: z.int().positive().default(8_000).describe('Longest such wait.'),
  max_retry_wait_ms: z
    .int()
    .nonnegative()
    .default(5_000)
    .describe('A longer Retry-After is waited for only where no other model is left to try.'),
  cooldown_ms: z.int().nonnegative().default(1_000).describe('After a 429 without Retry-After.'),
  breaker_failures: z
    .int()
    .min(1)
    .default(3)
    .describe('Failures in a row that open the breaker of a provider and model.'),
  breaker_open_ms: z
    .int()
    .positive()
    .default(5_000)
    .describe('How long it stays open; doubles with each failed probe.'),
  breaker_max_open_ms: z.int().positive().default(20_000).describe('Longest that it stays open.'),
  stream: streamModeSchema.default('live'),
  fallbacks: z
    .strictObject({
      general: chainSchema.default([]).describe(FALLBACKS.general),
      context_window: chainSchema.default([]).describe(FALLBACKS.context_window),
      content_policy: chainSchema.default([]).describe(FALLBACKS.content_policy),
    })
    .prefault({}),
  allow_forced_failures: z
    .boolean()
    .nullable()
    .default(null)
    .describe('Whether x-router-fail-targets is obeyed; null: only on a loopback address.'),
})

const storageSchema = z.strictObject({
  store_text: z
    .enum(['full', 'hash', 'off'])
    .default('full')
    .describe('What is kept of the routing text: all of it, its sha256, nothing.'),
  flush_interval_ms: z
    .int()
    .positive()
    .default(50)
    .describe('How long decisions are gathered before they are written together.'),
  queue_limit: z
    .int()
    .positive()
    .default(10_000)
    .describe('Decisions that may wait to be written; beyond it they are dropped and counted.'),
  retention_days: z.int().positive().default(90).describe('How long decisions and votes are kept.'),
  responses_ttl: z
    .string()
    .regex(/^[1-9]\d{0,5} ?[smhd]$/, 'expected a number and s, m, h or d, e.g. 24h')
    .default('24h')
    .describe(
      'How long answers of /v1/responses can be fetched and gone on with, e.g. 90m, 24h, 7d. Kept with store_text: full only.',
    ),
})

const telemetrySchema = z.strictObject({
  log_level: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Least level that is logged.'),
  log_prompts: z
    .boolean()
    .default(false)
    .describe('Whether the line of a routed request holds its routing text.'),
})

const cacheSchema = z.strictObject({
  max_entries: z
    .int()
    .positive()
    .default(10_000)
    .describe('Answers kept in memory, of all routes.'),
  max_bytes: z.int().positive().default(67_108_864).describe('Most memory of kept answers.'),
  max_entry_bytes: z
    .int()
    .positive()
    .default(1_048_576)
    .describe('Longer answers are not kept, in bytes.'),
})

const limitsSchema = z.strictObject({
  max_sockets: z
    .int()
    .positive()
    .default(128)
    .describe('Connections to one provider address; more calls wait.'),
  default_reserved_tokens: z
    .int()
    .positive()
    .default(4_096)
    .describe(
      "Held against a key's limits for an answer that neither the request nor the model's max_output_tokens limits.",
    ),
})

const keysSchema = z.strictObject({
  required: z
    .enum(['auto', 'always'])
    .default('auto')
    .describe('auto: on a loopback address not before the first key was made; else always.'),
  public_metrics: z
    .boolean()
    .default(false)
    .describe('Whether /metrics can be read without an admin key.'),
})

const feedbackSchema = z.strictObject({
  weights: z
    .strictObject({
      explicit: z
        .number()
        .min(0)
        .max(10)
        .default(1)
        .describe('POST /v1/feedback and signalbox feedback add.'),
      review: z.number().min(0).max(10).default(3).describe('Answers in signalbox review.'),
      import: z.number().min(0).max(10).default(1).describe('Imported votes.'),
      implicit: z
        .number()
        .min(0)
        .max(10)
        .default(0.2)
        .describe('Votes read off what a caller does next.'),
    })
    .prefault({})
    .describe('What a vote weighs, by where it came from.'),
  implicit: z
    .boolean()
    .default(true)
    .describe('Whether re-asks, regenerations and "no, I meant …" are noted as votes.'),
  max_share_per_key: z
    .number()
    .gt(0)
    .max(1)
    .default(0.1)
    .describe("Most of a generation's exemplars that one key's votes may make; 20 always may."),
  held_out_share: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.1)
    .describe('Share of voted prompts that is never trained on: the gate measures on it.'),
  quarantine_chance: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.95)
    .describe('Certainty that an exemplar does harm from which it is left out; 1: never.'),
})

const gateSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('false promotes every build.'),
  max_accuracy_drop: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('Of the held-out prompts, and of the voted ones, each by itself.'),
  max_abstention_rise: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe('Of the held-out prompts of a route, and of the voted ones, turned away anew.'),
  max_route_drop: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Of the held-out prompts of one route, where the drop is more than chance.'),
  max_calibration_rise: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('Of the calibration error.'),
  max_flip_rise: z
    .number()
    .min(0)
    .max(1)
    .default(0.03)
    .describe('Of the share of prompts whose route typos and rewordings change.'),
  max_changed_share: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Most of the replayed decisions that may change.'),
  max_hub_share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.05)
    .describe('Most of the replayed prompts that one new exemplar may be nearest to.'),
  replay_limit: z.int().nonnegative().default(10_000).describe('Newest decisions replayed.'),
})

const canarySchema = z.strictObject({
  share: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe('Share of sessions a build that passed is tried on first; 0 promotes it at once.'),
  promote_after_votes: z
    .int()
    .min(0)
    .default(200)
    .describe('Votes on the canary after which it is promoted if it held; 0: by command only.'),
  false_rollback_chance: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.05)
    .describe('Chance that an equal canary is rolled back, however long it runs.'),
})

const trainingSchema = z.strictObject({
  copies_per_route: z
    .int()
    .nonnegative()
    .default(100)
    .describe(
      'Exemplars of each route of which a perturbed copy is trained on; 0 makes none, nor do more than 50 routes.',
    ),
  wrong_route_rate: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe(
      'For threshold auto: most of the prompts that may be answered by a wrong route, whatever that turns away; 1 leaves it to abstention_cost.',
    ),
  abstention_cost: z
    .number()
    .gt(0)
    .max(1)
    .default(0.6)
    .describe(
      'For threshold auto: what serving the default route instead costs where a wrong route costs 1. A route is taken from a confidence of 1 less this on.',
    ),
  wrong_route_chance: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.1)
    .describe('Chance that wrong_route_rate is exceeded, over exemplars like the traffic.'),
  novel_share: z
    .number()
    .min(0)
    .lt(1)
    .default(0.01)
    .describe('Share of in-scope prompts that may be turned away as unlike every exemplar.'),
  trust_descriptions: z
    .boolean()
    .default(false)
    .describe('Whether descriptions decide about prompts that are unlike every exemplar.'),
  feedback: feedbackSchema.prefault({}).describe('How votes become exemplars.'),
  gate: gateSchema
    .prefault({})
    .describe('What a build may lose against the generation that serves.'),
  canary: canarySchema
    .prefault({})
    .describe('A trial on a share of the sessions for every build that passed.'),
  schedule: z
    .string()
    .regex(/^(off|[1-9]\d*(m|h|d))$/, 'is "off", or a time such as "30m", "6h" or "1d"')
    .default('off')
    .describe('How often the server rebuilds by itself, where there is new feedback.'),
  rebuild_after: z
    .int()
    .nonnegative()
    .default(0)
    .describe('Corrections that wait before the server rebuilds by itself; 0: it does not.'),
})

export const configSchema = z.strictObject({
  server: serverSchema.prefault({}).describe('Where and how the server listens.'),
  encoder: encoderSchema.prefault({}).describe('The local embedding model.'),
  conversation: conversationSchema.prefault({}).describe('Follow-ups and their memory.'),
  index: indexSchema.prefault({}).describe('The index of exemplars and its generations.'),
  training: trainingSchema.prefault({}).describe('What a rebuild trains on, and when.'),
  providers: z
    .record(z.string(), providerSchema)
    .describe('Servers that models are called at, by a name of yours.'),
  models: z
    .record(z.string(), modelSchema)
    .describe('Models, by an id of yours: callers may ask for it.'),
  routes: z
    .record(z.string().regex(routeNamePattern), routeSchema)
    .describe('Classes of prompts, by name; exemplars stand in ROUTE.jsonl.'),
  default_route: z.string().describe('The route for what matches no other.'),
  aliases: z
    .record(z.string().min(1).max(256), z.string())
    .default({})
    .describe(
      'Names that callers may use, or patterns with *, each with what it stands for: auto, route:NAME or a model id. A name goes before patterns, patterns in their order.',
    ),
  unknown_model: z
    .enum(['refuse', 'auto', 'default'])
    .default('auto')
    .describe(
      "What becomes of a model's name that a vendor gives (claude-…, gpt-…) and nobody configured: auto routes the prompt, default takes default_route. Any other unknown name is refused.",
    ),
  resilience: resilienceSchema
    .prefault({})
    .describe('Deadlines, repeats and fallbacks of calls to providers.'),
  limits: limitsSchema.prefault({}).describe('Bounds of the whole server.'),
  cache: cacheSchema.prefault({}).describe('Memory of kept answers, of all routes together.'),
  keys: keysSchema.prefault({}).describe('Gateway keys.'),
  storage: storageSchema.prefault({}).describe('What is kept in the database.'),
  telemetry: telemetrySchema.prefault({}).describe('Logs.'),
  training_data: z
    .string()
    .default('training-data')
    .describe(
      'Folder of the ROUTE.jsonl files. Where this is not set and there is no such folder, the exemplars that come with the program serve.',
    ),
})

export type Config = z.infer<typeof configSchema>
export type EncoderConfig = Config['encoder']
export type IndexConfig = Config['index']
export type TrainingConfig = Config['training']
export type ProviderConfig = Config['providers'][string]
export type ModelConfig = Config['models'][string]
