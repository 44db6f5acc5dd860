// What requests look like on the wire; the OpenAPI document is made from these. A body that goes on to a provider is
// checked by what is known of it and then passed on as it came, so its schemas neither refuse unknown keys nor copy
// them: z.looseObject copies, at 500 ms for 99,000 keys. What is ours alone is strict.
import { z } from 'zod'

export const MAX_MESSAGES = 10_000
const MAX_ID_CHARS = 256

const isContentPart = (part: unknown): boolean =>
  typeof part === 'string' ||
  (typeof part === 'object' && part !== null && 'type' in part && typeof part.type === 'string')

const isContent = (content: unknown): boolean =>
  content === null ||
  typeof content === 'string' ||
  (Array.isArray(content) && content.every(isContentPart))

// A predicate, because a union of schemas collects issues for every one of 49,000 bad parts (750 ms).
const contentSchema = z
  .unknown()
  .refine(isContent, {
    error: 'expected a string, an array of content parts (objects with a `type`), or null',
  })
  .meta({
    anyOf: [
      { type: 'string' },
      {
        type: 'array',
        items: {
          anyOf: [
            { type: 'string' },
            { type: 'object', properties: { type: { type: 'string' } }, required: ['type'] },
          ],
        },
      },
      { type: 'null' },
    ],
  })

export const messageSchema = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: contentSchema.optional(),
})

/** Stops at the first bad message: one is named, and ten thousand cost no more than one. */
const refuseFirstBad = (messages: unknown[], ctx: z.RefinementCtx<unknown[]>): void => {
  for (const [i, message] of messages.entries()) {
    const issue = messageSchema.safeParse(message).error?.issues[0]
    if (!issue) continue
    ctx.addIssue({ code: 'custom', message: issue.message, path: [i, ...issue.path] })
    return
  }
}

const { $schema: _dialect, ...messageJsonSchema } = z.toJSONSchema(messageSchema, { io: 'input' })

const messagesSchema = z
  .array(z.unknown())
  .min(1)
  .max(MAX_MESSAGES, { abort: true })
  .superRefine(refuseFirstBad)
  .meta({ items: messageJsonSchema })

const sessionId = z.string().min(1).max(MAX_ID_CHARS)

export const chatRequestSchema = z
  .object({
    model: z
      .string({ error: 'expected a string: "auto", "route:NAME" or a configured model id' })
      .min(1)
      .max(MAX_ID_CHARS)
      .describe('`auto` routes; `route:NAME` pins the route; a model id pins the model.'),
    messages: messagesSchema,
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
    metadata: z
      .object({ session_id: sessionId.optional() })
      .nullish()
      .describe('`session_id` names the conversation where there is no x-session-id header.'),
  })
  .describe('An OpenAI chat-completions body; further fields pass to the provider untouched.')

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

export const decisionsQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.string().min(1).max(64).optional().describe('`next_cursor` of the page before.'),
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
