// A replay on the wire.
import { z } from 'zod'
import { replaySchema } from './generation-schemas.ts'

export const replayRequestSchema = z.strictObject({
  generation: z.int().positive().optional().describe('To decide with; default: the current one.'),
  since_days: z
    .number()
    .positive()
    .max(36_500)
    .optional()
    .describe('Only decisions of so many days; default: all that are stored.'),
  limit: z
    .int()
    .positive()
    .max(1_000_000)
    .optional()
    .describe('Newest decisions looked at; default: `training.gate.replay_limit`.'),
})

export const replayReportSchema = replaySchema.extend({
  object: z.literal('replay'),
  generation: z.int(),
  without_text: z.int().describe('Decided without their words, because their text is not stored.'),
})
