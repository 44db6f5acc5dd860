// The error envelopes on the wire: OpenAI's, and Anthropic's on its own paths.
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
