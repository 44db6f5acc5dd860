// Schemas of a replay: the request, and the answer, derived from the schema of its report.
import { z } from 'zod'
import { replayReportSchema as factsSchema } from '../../../training/reports/gate-report.ts'
import { createWire } from '../../request/wire.ts'

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

export const { schema: replayReportSchema, toWire: replayReportJson } = createWire(
  factsSchema.extend({
    object: z.literal('replay'),
    withoutText: z.int().describe('Decided without their words, because their text is not stored.'),
  }),
)
