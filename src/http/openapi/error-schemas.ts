// The error envelopes on the wire: OpenAI's, and Anthropic's and Google's on their own paths.
import { z } from 'zod'

export const errorSchema = z.strictObject({
  error: z.strictObject({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
})

export const anthropicErrorSchema = z.strictObject({
  type: z.literal('error'),
  error: z.strictObject({
    type: z.string(),
    message: z.string(),
    details: z.looseObject({}).optional(),
  }),
  request_id: z.string(),
})

export const geminiErrorSchema = z.strictObject({
  error: z.strictObject({
    code: z.int(),
    message: z.string(),
    status: z.string(),
    details: z.array(z.looseObject({ reason: z.string() })),
  }),
})
