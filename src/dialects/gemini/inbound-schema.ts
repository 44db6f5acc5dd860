// What a request to /v1beta/models/… must be for us to route it. Loose, and by predicates: a body of 10,000 contents is
// looked at once and never copied. What lies deeper is checked by the translation, or by the provider.

import { z } from 'zod'
import { MAX_MESSAGES } from '../chat/chat-schema.ts'
import { isObject } from '../json.ts'
import { type ProblemOf, refuseFirst } from '../refuse-first.ts'

const ROLES = new Set<unknown>(['user', 'model', 'function', undefined, null, ''])

const isParts = (parts: unknown): boolean => Array.isArray(parts) && parts.every(isObject)

/** What is wrong with a content, and where in it. */
const problemOf: ProblemOf = (content) => {
  if (!isObject(content)) return { path: [], problem: 'expected an object with role and parts' }
  if (!ROLES.has(content.role)) return { path: ['role'], problem: 'expected user or model' }
  if (isParts(content.parts)) return null
  return { path: ['parts'], problem: 'expected an array of parts, objects such as {"text": "…"}' }
}

const contents = z
  .array(z.unknown(), { error: 'expected an array of contents, objects with role and parts' })
  .min(1)
  .max(MAX_MESSAGES, { abort: true })
  .superRefine(refuseFirst(problemOf))
  .meta({
    items: {
      type: 'object',
      properties: { role: { enum: ['user', 'model'] }, parts: { type: 'array' } },
      required: ['parts'],
    },
  })

const object = z
  .unknown()
  .refine(isObject, { error: 'expected an object' })
  .meta({ type: 'object' })
  .nullish()

const tools = z
  .array(z.unknown())
  .refine((list) => list.every(isObject), { error: 'expected an array of objects' })
  .meta({ items: { type: 'object' } })
  .nullish()

export const generateContentRequestSchema = z
  .object({
    contents,
    systemInstruction: object,
    tools,
    toolConfig: object,
    generationConfig: object,
  })
  .describe("A Gemini generateContent body; a provider of Gemini's kind gets it untouched.")

export const geminiCountRequestSchema = z
  .object({ contents: contents.optional(), generateContentRequest: object })
  .describe('A Gemini countTokens body: contents, or a whole generateContentRequest.')

const count = z.int().nonnegative().optional()

export const generateContentResponseSchema = z
  .looseObject({
    candidates: z.array(
      z.looseObject({
        content: z.looseObject({ role: z.literal('model'), parts: z.array(z.looseObject({})) }),
        finishReason: z.string().optional(),
        index: z.int(),
      }),
    ),
    usageMetadata: z
      .looseObject({ promptTokenCount: count, candidatesTokenCount: count, totalTokenCount: count })
      .optional(),
    modelVersion: z.string(),
    responseId: z.string(),
  })
  .describe('A Gemini GenerateContentResponse.')
