// What answers look like on the wire: the documentation in OpenAPI, and what the tests hold every answer against.
import { z } from 'zod'
import { OUTCOMES, REASONS } from '../schemas.ts'

export const errorSchema = z.strictObject({
  error: z.strictObject({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
})

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

/** Why a dry run came out as it did; null where nothing was classified. */
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

export const feedbackSchema = z.strictObject({
  id: z.string(),
  decision_id: z.string(),
  verdict: z.enum(['good', 'bad']),
  source: z.literal('explicit'),
  replaced: z
    .boolean()
    .describe('True where the same principal had voted on this decision before.'),
  counts: z.boolean().describe('Whether the next rebuild can learn from it.'),
  why_not: z.string().nullable().describe('Why it cannot, as a sentence.'),
})

export const modelSchema = z.strictObject({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
})

export const modelListSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(modelSchema),
})

export const healthSchema = z.strictObject({ status: z.literal('ok') })

export const readinessSchema = z.strictObject({
  status: z
    .enum(['ready', 'degraded', 'not_ready'])
    .describe('Degraded: it serves, and something that is not needed for that is wrong.'),
  checks: z.record(z.string(), z.strictObject({ ok: z.boolean(), detail: z.string() })),
})

export const rootSchema = z.strictObject({
  name: z.literal('signalbox'),
  config_version: z.string(),
  endpoints: z.array(z.string()),
})

export const completionSchema = z
  .looseObject({ id: z.string(), object: z.string(), choices: z.array(z.unknown()) })
  .describe("The provider's chat completion, as it came.")

export const anthropicErrorSchema = z.strictObject({
  type: z.literal('error'),
  error: z.strictObject({
    type: z.string(),
    message: z.string(),
    details: z.looseObject({}).optional(),
  }),
  request_id: z.string(),
})

export const messageSchema = z
  .looseObject({
    id: z.string(),
    type: z.literal('message'),
    role: z.literal('assistant'),
    content: z.array(z.looseObject({ type: z.string() })),
    stop_reason: z.string().nullable(),
    usage: z.looseObject({ input_tokens: z.int(), output_tokens: z.int() }),
  })
  .describe('An Anthropic message.')

export const tokenCountSchema = z.strictObject({ input_tokens: z.int() })
