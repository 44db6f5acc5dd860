// Schemas of decisions: one, the list, and its query.
import { z } from 'zod'
import { cursorSchema } from '../request/cursor-schema.ts'
import { selectionSchema } from './selection-json.ts'

export const REASONS = [
  'matched',
  'below_threshold',
  'none_of_the_above',
  'unconfigured_route',
  'no_signal',
  'pinned',
  'session',
  'constrained',
  'experiment',
  'degraded',
  'words',
] as const

export const OUTCOMES = [
  'pending',
  'served',
  'failed',
  'interrupted',
  'client_closed',
  'dry_run',
] as const

const neighbourSchema = z.strictObject({
  exemplar_id: z.string(),
  route: z.string(),
  similarity: z.number(),
  text: z.string().nullable().describe('Null where the live index no longer holds the exemplar.'),
  source: z.enum(['seed', 'import', 'feedback']).nullable(),
})

const timingsSchema = z.strictObject({
  routing_text_ms: z.number().optional(),
  embed_ms: z.number().optional(),
  search_ms: z.number().optional(),
  score_ms: z.number().optional(),
  total_ms: z.number(),
})

const scoresSchema = z.array(z.strictObject({ route: z.string(), score: z.number() }))

const inheritanceSchema = z
  .strictObject({
    source: z
      .enum(['history', 'memory', 'tool_loop'])
      .describe('Where the earlier turn was found.'),
    weight: z.number().describe('Probability that this turn continues the earlier one.'),
    cues: z.array(z.string()).describe('What of the wording spoke for and against that.'),
    turns_back: z.int().nullable(),
    earlier: z.strictObject({ route: z.string(), confidence: z.number(), scores: scoresSchema }),
    own: z
      .strictObject({ confidence: z.number(), scores: scoresSchema })
      .nullable()
      .describe('The turn by itself; null where it had nothing to classify.'),
  })
  .describe('`scores` of the decision are `weight` of `earlier` and the rest of `own`.')

export const decisionSchema = z.strictObject({
  object: z.literal('decision'),
  id: z.string(),
  request_id: z.string(),
  created_at: z.iso.datetime(),
  requested_model: z.string(),
  session_id: z.string().nullable(),
  route: z.string(),
  model: z.string(),
  reason: z.enum(REASONS),
  degraded_by: z.string().nullable(),
  confidence: z.number().nullable(),
  margin: z.number().nullable(),
  threshold: z.number().nullable(),
  scores: z.array(z.strictObject({ route: z.string(), score: z.number() })),
  neighbours: z.array(neighbourSchema),
  inherited: inheritanceSchema.nullable(),
  selection: selectionSchema,
  routing_text: z.string(),
  truncated: z.boolean(),
  flags: z.array(z.string()),
  index_generation: z.int().nullable(),
  arm: z
    .enum(['serving', 'canary'])
    .nullable()
    .describe('Which of two generations decided; null where none was asked.'),
  encoder_id: z.string().nullable(),
  config_version: z.string(),
  timings: timingsSchema,
})

const routeScores = z.array(z.strictObject({ route: z.string(), score: z.number() }))

/** Explanation of a dry run's decision; null where nothing was classified. */
const explanationSchema = z
  .strictObject({
    parts: z.array(
      z.strictObject({
        part: z.enum(['head', 'neighbours', 'centroids', 'words']),
        weight: z.number(),
        scores: routeScores,
        without_it: z.string(),
      }),
    ),
    twin_share: z.number(),
    novelty: z.number(),
    novelty_limit: z.number().nullable(),
    runner_up: z
      .strictObject({ route: z.string(), score: z.number(), odds_behind: z.number() })
      .nullable(),
    what_if: z.array(z.string()),
  })
  .nullable()

export const explainedDecisionSchema = decisionSchema.extend({
  explanation: explanationSchema,
  skipped: z
    .array(z.strictObject({ model: z.string(), constraint: z.string(), message: z.string() }))
    .optional()
    .describe('Models that cannot serve the request, each with the reason.'),
})

const attemptSchema = z.strictObject({
  provider: z.string(),
  model: z.string(),
  started_at: z.iso.datetime(),
  duration_ms: z.number(),
  status: z.int().nullable(),
  error_code: z.string().nullable(),
})

const outcomeFields = {
  outcome: z.enum(OUTCOMES),
  served_model: z.string().nullable(),
  attempts: z.array(attemptSchema),
  usage: z
    .strictObject({
      prompt_tokens: z.number(),
      completion_tokens: z.number(),
      is_estimated: z.boolean(),
    })
    .nullable(),
  cost_usd: z.number().nullable(),
  cache: z
    .enum(['exact', 'semantic'])
    .nullable()
    .describe('How the answer was found in the cache; `usage` is then of the call that made it.'),
  first_token_ms: z.number().nullable(),
  total_ms: z.number().nullable(),
}

export const receiptSchema = decisionSchema.extend({
  ...outcomeFields,
  embedding: z.string().nullable().optional(),
})

export const decisionListSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(decisionSchema.omit({ neighbours: true }).extend(outcomeFields)),
  next_cursor: z.string().nullable(),
})

export const decisionsQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: cursorSchema.optional(),
  route: z.string().min(1).max(64).optional(),
  reason: z.enum(REASONS).optional(),
  outcome: z.enum(OUTCOMES).optional(),
})

export const decisionQuerySchema = z.strictObject({
  embedding: z
    .enum(['0', '1'])
    .default('0')
    .describe(
      "`1` adds the embedding as base64 of little-endian float32: the unit-length sentence embedding (384 numbers for the built-in model), and after it the encoder's side features (768).",
    ),
})
