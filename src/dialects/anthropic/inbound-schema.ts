// What a request to /v1/messages must be for us to route it. Loose, and by predicates: a body of 10,000 messages is looked
// at once and never copied. What lies deeper is the provider's to check.

import { z } from 'zod'
import { MAX_MESSAGES } from '../chat/chat-schema.ts'
import { isObject } from '../json.ts'
import { type ProblemOf, refuseFirst } from '../refuse-first.ts'

const MAX_MODEL_CHARS = 256

const isBlock = (block: unknown): boolean =>
  isObject(block) &&
  typeof block.type === 'string' &&
  (block.type !== 'text' || typeof block.text === 'string')

const isContent = (content: unknown): boolean =>
  typeof content === 'string' || (Array.isArray(content) && content.every(isBlock))

const ROLES = new Set<unknown>(['user', 'assistant', 'system'])

/** What is wrong with a message, and where in it. */
const problemOf: ProblemOf = (message) => {
  if (!isObject(message)) return { path: [], problem: 'expected an object with role and content' }
  const { role, content } = message
  if (!ROLES.has(role)) return { path: ['role'], problem: 'expected user or assistant' }
  if (isContent(content)) return null
  const problem = 'expected a string or an array of blocks, objects with a type'
  return { path: ['content'], problem }
}

const content = z
  .unknown()
  .refine(isContent, { error: 'expected a string or an array of text blocks' })
  .meta({
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'object', required: ['type'] } }],
  })

const conversation = {
  model: z
    .string({ error: 'expected a string: "auto", "route:NAME" or a configured model id' })
    .min(1)
    .max(MAX_MODEL_CHARS)
    .describe('`auto` routes; `route:NAME` pins the route; a model id pins the model.'),
  messages: z
    .array(z.unknown())
    .min(1)
    .max(MAX_MESSAGES, { abort: true })
    .superRefine(refuseFirst(problemOf))
    .meta({
      items: {
        type: 'object',
        properties: { role: { enum: ['user', 'assistant', 'system'] }, content: {} },
        required: ['role', 'content'],
      },
    }),
  system: content.optional(),
  tools: z
    .array(z.unknown())
    .refine((tools) => tools.every(isObject), { error: 'expected an array of objects' })
    .meta({ items: { type: 'object' } })
    .nullish(),
}

export const messagesRequestSchema = z
  .object({
    ...conversation,
    max_tokens: z.int().nonnegative(),
    stream: z.boolean().nullish(),
  })
  .describe("An Anthropic messages body; a provider of Anthropic's kind gets it untouched.")

export const countTokensRequestSchema = z
  .object(conversation)
  .describe('An Anthropic count_tokens body.')
