// Schemas of outcomes of models.
import { z } from 'zod'
import { outcomeRowSchema } from '../../../training/outcomes/outcome-file.ts'
import { cursorSchema } from '../../request/cursor-schema.ts'

/** Rows are embedded during the request. */
const MAX_ROWS = 200

export const outcomesQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: cursorSchema.optional(),
  route: z.string().min(1).max(64).optional(),
})

export const outcomeSchema = z.strictObject({
  object: z.literal('outcome'),
  decision_id: z.string(),
  created_at: z.iso.datetime(),
  route: z.string(),
  model: z.string().describe('That served, or was tried last.'),
  outcome: z.string().describe('`served`, `failed`, `interrupted` or `client_closed`.'),
  error_code: z.string().nullable(),
  truncated: z.boolean(),
  refused: z.boolean(),
  regenerated: z.boolean().describe('The caller asked for the same again.'),
  score: z
    .number()
    .nullable()
    .describe('Weighted mean of the votes about the answer, 0 to 1; null where nobody voted.'),
  cost_usd: z.number().nullable(),
  first_token_ms: z.number().nullable(),
  total_ms: z.number().nullable(),
  prompt_tokens: z.int().nullable(),
  completion_tokens: z.int().nullable(),
})

export const outcomeListSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(outcomeSchema),
  next_cursor: z.string().nullable(),
})

export const totalsQuerySchema = z.strictObject({
  days: z.coerce.number().int().min(1).max(3_650).default(30).describe('Only the last so many.'),
})

export const totalsListSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(
    z.strictObject({
      object: z.literal('outcome.totals'),
      route: z.string(),
      model: z.string(),
      requests: z.int(),
      served: z.int(),
      truncated: z.int(),
      refused: z.int(),
      regenerated: z.int(),
      scored: z.int().describe('Requests with a vote about the answer.'),
      score: z.number().nullable().describe('Mean of their scores.'),
      cost_usd: z.number().describe('Of the requests whose cost is known.'),
      first_token_ms: z.number().nullable(),
      total_ms: z.number().nullable(),
    }),
  ),
})

export const importOutcomesRequestSchema = z.strictObject({
  rows: z
    .array(outcomeRowSchema)
    .min(1)
    .max(MAX_ROWS)
    .describe('Prompts with the scores of several models, 0 to 1, and what they cost in USD.'),
})

export const importedOutcomesSchema = z.strictObject({
  object: z.literal('outcomes.imported'),
  rows: z.int(),
  added: z.int(),
  replaced: z.int().describe('Rows that took the place of an earlier one of the same prompt.'),
  priced: z.int().describe('Rows that name a cost of every model.'),
  models: z.array(z.string()),
})
