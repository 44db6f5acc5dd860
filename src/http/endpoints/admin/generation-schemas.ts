// Generations and rebuilds on the wire.
import { z } from 'zod'
import { GATE_CHECKS } from '../../../core/gate-report.ts'
import { BUILD_OUTCOMES, TRIGGERS } from '../../../training/generations/generation-report.ts'
import { GENERATION_STATUSES } from '../../../training/generations/list-generations.ts'

const reason = z.string().min(1).max(500)
const when = z.iso.datetime()
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

const fixesSchema = z.strictObject({
  rows: z.int(),
  fixes: z.int(),
  breaks: z.int(),
  p_value: z.number().nullable(),
})

export const replaySchema = z.strictObject({
  replayed: z.int(),
  skipped: z.record(z.string(), z.int()),
  since: when.nullable(),
  changed: z.int(),
  changed_share: z.number(),
  moves: z.array(z.strictObject({ from: z.string(), to: z.string(), decisions: z.int() })),
  voted: fixesSchema,
  held_out: fixesSchema.describe('Those voted prompts that nobody was trained on.'),
  hubs: z.array(z.strictObject({ exemplar_id: z.string(), route: z.string(), share: z.number() })),
  examples: z.array(
    z.strictObject({
      decision_id: z.string(),
      from: z.string(),
      to: z.string(),
      text: z.string().nullable().describe('Kept for as long as the server runs, not on disk.'),
    }),
  ),
  duration_ms: z.number(),
})

const gateSchema = z
  .strictObject({
    candidate: generation,
    against: generation.nullable(),
    passed: z.boolean(),
    checks: z.array(
      z.strictObject({
        name: z.enum(GATE_CHECKS),
        verdict: z.enum(['passed', 'failed', 'skipped']),
        summary: z.string(),
        figures: z.record(z.string(), z.number().nullable()),
      }),
    ),
    replay: replaySchema.nullable(),
    duration_ms: z.number(),
  })
  .describe('Null where there was nothing to judge it against.')

const candidateSchema = z.strictObject({
  exemplar_id: z.string(),
  route: z.string(),
  text: z.string().nullable(),
  decision_ids: z.array(z.string()),
  reason: z.string().nullable(),
})
const rejectedSchema = z.strictObject({ decision_id: z.string(), reason: z.string() })
const quarantinedSchema = z.strictObject({
  exemplar_id: z.string(),
  route: z.string(),
  reason: z.string(),
})

const feedbackFields = {
  counts: z
    .strictObject({
      accepted: z.int(),
      queued: z.int(),
      rejected: z.int(),
      quarantined: z.int(),
      confirmed: z.int(),
    })
    .describe('The lists hold the first 500 of each.'),
  accepted: z.array(candidateSchema),
  queued: z.array(candidateSchema),
  rejected: z.array(rejectedSchema),
  quarantined: z.array(quarantinedSchema),
}

const reportSchema = z.strictObject({
  outcome: z.enum(BUILD_OUTCOMES),
  reason: z.string(),
  trigger: z.enum(TRIGGERS),
  author: z.string(),
  created_at: when,
  gate: gateSchema.nullable(),
  ...feedbackFields,
})

const eventSchema = z.strictObject({
  at: when,
  action: z.string(),
  generation,
  from: generation.nullable(),
  author: z.string(),
  reason: z.string(),
  forced: z.boolean().describe('True where a person overrode the gate.'),
})

const generationFields = {
  object: z.literal('generation'),
  generation,
  status: z.enum(GENERATION_STATUSES),
  canary_share: z.number().nullable(),
  created_at: when.nullable(),
  parent: generation.nullable(),
  exemplars: z.int().nullable(),
  from_feedback: z.int().nullable(),
  routes: z.record(z.string(), z.int()),
  search: z.enum(['hnsw', 'exact']).nullable(),
  recall_at_10: z.number().nullable(),
  encoder_id: z.string().nullable(),
  held_out: z.record(z.string(), z.number()).nullable(),
  outcome: z.enum(BUILD_OUTCOMES).nullable().describe('When it was built; null if unknown.'),
  trigger: z.enum(TRIGGERS).nullable(),
  author: z.string().nullable(),
  gate: z
    .strictObject({
      passed: z.boolean(),
      against: generation.nullable(),
      failed: z.array(z.string()),
    })
    .nullable(),
  problem: z.string().nullable().describe('Why it cannot serve; null where it can.'),
}

export const listedGenerationSchema = z.strictObject(generationFields)

export const generationListSchema = z.strictObject({
  object: z.literal('list'),
  current: generation.nullable(),
  data: z.array(listedGenerationSchema),
})

export const generationSchema = z.strictObject({
  ...generationFields,
  report: reportSchema.nullable(),
  history: z.array(eventSchema),
})

export const movedSchema = z.strictObject({
  object: z.literal('generation.move'),
  from: generation.nullable(),
  to: generation,
  forced: z.boolean(),
})

export const historySchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(eventSchema).describe('The newest first.'),
})

const askedFields = {
  id: z.string(),
  trigger: z.enum(TRIGGERS),
  author: z.string(),
  started_at: when,
}

const rebuildReportSchema = z.strictObject({
  outcome: z.enum([...BUILD_OUTCOMES, 'unchanged']),
  reason: z.string(),
  generation,
  parent: generation.nullable(),
  current: generation.nullable(),
  exemplars: z.int(),
  routes: z.record(z.string(), z.int()),
  embedded: z.int(),
  reused: z.int(),
  recall_at_10: z.number(),
  search: z.enum(['hnsw', 'exact']),
  held_out: z.record(z.string(), z.number()).nullable(),
  gate: gateSchema.nullable(),
  ...feedbackFields,
  removed: z.array(generation),
  holds_forgotten: z
    .boolean()
    .describe('True where what serves still holds a prompt that was to be forgotten.'),
  duration_ms: z.number(),
})

export const rebuildStateSchema = z.strictObject({
  object: z.literal('rebuild'),
  state: z.enum(['idle', 'running']),
  running: z
    .strictObject({ ...askedFields, stage: z.string(), done: z.int(), total: z.int() })
    .nullable(),
  last: z
    .strictObject({
      ...askedFields,
      finished_at: when,
      report: rebuildReportSchema.nullable(),
      error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
    })
    .nullable()
    .describe('The last one since the server began; GET /admin/generations/{number} has all.'),
})

export const startedRebuildSchema = z.strictObject({
  object: z.literal('rebuild'),
  id: z.string(),
  state: z.literal('running'),
})
