// Schemas of generations and rebuilds: requests, and answers derived from the schemas of their reports.
import { z } from 'zod'
import {
  describedGenerationSchema,
  listedGenerationSchema,
} from '../../../training/generations/listed-generation.ts'
import {
  feedbackSchema,
  generationReportSchema,
  rebuildFactsSchema,
  TRIGGERS,
} from '../../../training/reports/build-report.ts'
import { gateReportSchema, replayReportSchema } from '../../../training/reports/gate-report.ts'
import { createWire } from '../../request/wire.ts'

const reason = z.string().min(1).max(500)
const generation = z.int().positive()

export const promoteRequestSchema = z.strictObject({
  force: z.boolean().optional().describe('Also what the gate refused; needs a reason.'),
  reason: reason.optional().describe('For the history.'),
})

export const generationRollbackRequestSchema = z.strictObject({
  to: generation.optional().describe('Default: the generation before the current one.'),
  reason: reason.optional().describe('For the history.'),
})

export const rebuildRequestSchema = z.strictObject({
  force: z
    .boolean()
    .optional()
    .describe('Builds although nothing has changed, or the gate refused the very same before.'),
  promote: z
    .enum(['auto', 'never', 'force'])
    .optional()
    .describe('`auto` goes by the gate, `never` builds and judges only, `force` needs a reason.'),
  reason: reason.optional().describe('Why the gate is overridden.'),
})

export const movedSchema = z.strictObject({
  object: z.literal('generation.move'),
  from: generation.nullable(),
  to: generation,
  forced: z.boolean(),
})

/** Its generation is the candidate. */
const gate = gateReportSchema
  .extend({
    replay: replayReportSchema.omit({ generation: true, withoutText: true }).nullable(),
  })
  .describe('Null where there was nothing to judge it against.')
  .nullable()

const report = generationReportSchema
  .omit({ format: true, generation: true, parent: true, digest: true, routing: true })
  .extend({ gate })

/** Clients must take names of actions that they do not know. */
const event = describedGenerationSchema.shape.history.element.extend({
  action: z.string(),
  generation,
  from: generation.nullable(),
  forced: z.boolean().describe('True where a person overrode the gate.'),
})

const object = z.literal('generation')

export const { schema: generationListSchema, toWire: generationListJson } = createWire(
  z.object({
    object: z.literal('list'),
    current: generation.nullable(),
    data: z.array(listedGenerationSchema.extend({ object })),
  }),
)

export const { schema: generationSchema, toWire: generationJson } = createWire(
  describedGenerationSchema.extend({ object, report: report.nullable(), history: z.array(event) }),
)

export const { schema: historySchema, toWire: historyJson } = createWire(
  z.object({
    object: z.literal('list'),
    data: z.array(event).describe('The newest first.'),
  }),
)

const asked = {
  id: z.string(),
  trigger: z.enum(TRIGGERS),
  author: z.string(),
  startedAtMs: z.number(),
}

export const { schema: rebuildStateSchema, toWire: rebuildStateJson } = createWire(
  z.object({
    object: z.literal('rebuild'),
    state: z.enum(['idle', 'running']),
    running: z.object({ ...asked, stage: z.string(), done: z.int(), total: z.int() }).nullable(),
    last: z
      .object({
        ...asked,
        finishedAtMs: z.number(),
        report: rebuildFactsSchema.extend({ gate, ...feedbackSchema.shape }).nullable(),
        error: z.object({ code: z.string(), message: z.string() }).nullable(),
      })
      .nullable()
      .describe('The last one since the server began; GET /admin/generations/{number} has all.'),
  }),
)

export const startedRebuildSchema = z.strictObject({
  object: z.literal('rebuild'),
  id: z.string(),
  state: z.literal('running'),
})
