// Schemas of votes and of imports of labelled logs.
import { z } from 'zod'
import { cursorSchema } from '../../request/cursor-schema.ts'

export const MAX_IMPORT_ROWS = 1_000

const SOURCES = ['explicit', 'review', 'import', 'implicit'] as const

export const importFeedbackRequestSchema = z.strictObject({
  rows: z
    .array(z.unknown())
    .min(1)
    .max(MAX_IMPORT_ROWS)
    .describe(
      'Each `{decision_id, verdict, correct_route?, score?, comment?}`, or `{text, route}`: a prompt with its label, which is routed now and judged by it.',
    ),
  dry_run: z.boolean().default(false).describe('Checks the rows and writes nothing.'),
})

export const importedFeedbackSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(
    z.strictObject({
      row: z.int().describe('Counted from 0.'),
      status: z.enum(['added', 'replaced', 'unchanged', 'refused']),
      decision_id: z.string().nullable(),
      verdict: z.enum(['good', 'bad']).nullable(),
      correct_route: z.string().nullable(),
      reason: z.string().nullable().describe('Why the row was refused.'),
    }),
  ),
  summary: z.strictObject({
    rows: z.int(),
    added: z.int(),
    replaced: z.int(),
    unchanged: z.int(),
    refused: z.int(),
    agreed: z.int().describe('Labelled prompts whose label is the route that the router takes.'),
    corrected: z.int(),
  }),
})

export const votesQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: cursorSchema.optional(),
  source: z.enum(SOURCES).optional(),
  principal: z.string().min(1).max(64).optional(),
})

const voteSchema = z.strictObject({
  object: z.literal('vote'),
  id: z.string(),
  decision_id: z.string(),
  principal: z.string(),
  verdict: z.enum(['good', 'bad']),
  correct_route: z.string().nullable(),
  score: z.number().nullable(),
  comment: z.string().nullable(),
  source: z.enum(SOURCES),
  implicit_kind: z
    .enum(['re_ask', 'regenerate', 'correction'])
    .nullable()
    .describe('What an implicit vote was read off.'),
  created_at: z.iso.datetime(),
})

export const voteListSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(voteSchema),
  next_cursor: z.string().nullable(),
})
