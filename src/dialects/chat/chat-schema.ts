// An OpenAI chat body on the wire. It goes on to a provider: it is checked by what is known of it and then passed on as
// it came, so the schemas neither refuse unknown keys nor copy them (z.looseObject copies: 500 ms for 99,000 keys).
import { z } from 'zod'

export const MAX_MESSAGES = 10_000
export const MAX_ID_CHARS = 256

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

export const messagesSchema = z
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
