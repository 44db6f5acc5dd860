// Schema of a generation for operators: facts, status and the gate's result.
import { z } from 'zod'
import { historyEventSchema } from '../../vector-index/history.ts'
import { BUILD_OUTCOMES, generationReportSchema, TRIGGERS } from '../reports/build-report.ts'

export const GENERATION_STATUSES = ['current', 'canary', 'shadow', 'refused', 'kept'] as const
export type GenerationStatus = (typeof GENERATION_STATUSES)[number]

const generation = z.int().positive()

const gateSummarySchema = z.object({
  passed: z.boolean(),
  against: generation.nullable(),
  /** Sentences of the checks that failed. */
  failed: z.array(z.string()),
})

export const listedGenerationSchema = z.object({
  generation,
  status: z.enum(GENERATION_STATUSES),
  /** Share of the sessions of a canary, else null. */
  canaryShare: z.number().nullable(),
  createdAtMs: z.number().nullable(),
  parent: generation.nullable(),
  exemplars: z.int().nullable(),
  fromFeedback: z.int().nullable(),
  /** Exemplars per route. */
  routes: z.record(z.string(), z.int()),
  search: z.enum(['hnsw', 'exact']).nullable(),
  recallAt10: z.number().nullable(),
  encoderId: z.string().nullable(),
  /** Held-out figures by name. */
  heldOut: z.record(z.string(), z.number()).nullable(),
  outcome: z.enum(BUILD_OUTCOMES).nullable().describe('When it was built; null if unknown.'),
  trigger: z.enum(TRIGGERS).nullable(),
  author: z.string().nullable(),
  gate: gateSummarySchema.nullable(),
  problem: z.string().nullable().describe('Why it cannot serve; null where it can.'),
})

export const describedGenerationSchema = listedGenerationSchema.extend({
  report: generationReportSchema.nullable(),
  /** Its events, oldest first. */
  history: z.array(historyEventSchema),
})

export type GateSummary = z.infer<typeof gateSummarySchema>
export type ListedGeneration = z.infer<typeof listedGenerationSchema>
export type DescribedGeneration = z.infer<typeof describedGenerationSchema>
