// What this gateway's own requests look like on the wire, strictly; the OpenAPI document is made from these.
import { z } from 'zod'
import { MAX_ID_CHARS, messagesSchema } from '../dialects/chat/chat-schema.ts'

/** Here there is nothing but the text: an empty one is a mistake, where an empty chat message may be part of a talk. */
const bareText = z
  .string()
  .refine((text) => text.trim() !== '', { error: 'is empty; give the text to route' })

export const routeRequestSchema = z
  .strictObject({
    model: z.string().min(1).max(MAX_ID_CHARS).default('auto'),
    messages: messagesSchema.optional(),
    prompt: bareText.optional(),
    input: bareText.optional(),
  })
  .refine(
    ({ messages, prompt, input }) =>
      [messages, prompt, input].filter((given) => given !== undefined).length === 1,
    { error: 'give exactly one of messages, prompt, input' },
  )

export const feedbackRequestSchema = z
  .strictObject({
    decision_id: z.string().min(1).max(64),
    verdict: z
      .enum(['good', 'bad'])
      .optional()
      .describe('May be left out where there is a `score`: good from 0.5 on.'),
    correct_route: z
      .string()
      .max(64)
      .nullish()
      .describe('A configured route, or `none` for a prompt that belongs to no route.'),
    score: z.number().min(0).max(1).nullish(),
    comment: z.string().max(2_000).nullish(),
  })
  .refine(({ verdict, score }) => verdict !== undefined || typeof score === 'number', {
    error: 'give "good" or "bad", or a score',
    path: ['verdict'],
  })

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
] as const

export const OUTCOMES = [
  'pending',
  'served',
  'failed',
  'interrupted',
  'client_closed',
  'dry_run',
] as const

/** An id, as pages name the last thing on them. */
export const cursorSchema = z
  .string()
  .regex(
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    'is not a cursor: take `next_cursor` of the page before',
  )
  .describe('`next_cursor` of the page before.')

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
