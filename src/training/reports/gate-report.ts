// What the gate found about a candidate generation, and what a replay of past decisions showed: one schema for the report on
// disk, the terminal and the API.
import { z } from 'zod'

export const GATE_CHECKS = [
  'accuracy',
  'votes',
  'abstention',
  'coverage',
  'routes',
  'calibration',
  'robustness',
  'replay',
  'hubs',
  'additions',
] as const

export type GateCheckName = (typeof GATE_CHECKS)[number]

const generation = z.int().positive()

/** JSON has no NaN: it is written as null, and read as NaN. */
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN)

/** Among decisions whose right route is known: those that the candidate fixes and those that it breaks. */
const fixesSchema = z.object({
  rows: z.int(),
  fixes: z.int(),
  breaks: z.int(),
  /** Exact McNemar, two-sided. */
  pValue: figure,
})

export const replayReportSchema = z.object({
  generation,
  /** Decisions that were decided anew, and those that could not be, by why. */
  replayed: z.int(),
  skipped: z.record(z.string(), z.int()),
  /** Those of `replayed` whose text is not stored: decided without what their words say. */
  withoutText: z.int().default(0),
  sinceMs: z.number().nullable(),
  changed: z.int(),
  /** `changed / replayed`; 0 where nothing was replayed. */
  changedShare: z.number(),
  /** Where the changed ones went, the most first. */
  moves: z.array(z.object({ from: z.string(), to: z.string(), decisions: z.int() })),
  /** Decisions with a vote that says what is right, and those of them that nobody was trained on. */
  voted: fixesSchema,
  heldOut: fixesSchema.describe('Those voted prompts that nobody was trained on.'),
  /** Exemplars that are nearest to most of the replayed prompts, the most first, at most 10. */
  hubs: z.array(z.object({ exemplarId: z.string(), route: z.string(), share: z.number() })),
  /** Changed decisions, the newest first, at most 50. */
  examples: z.array(
    z.object({
      decisionId: z.string(),
      from: z.string(),
      to: z.string(),
      text: z.string().nullable().describe('Kept for as long as the server runs, not on disk.'),
    }),
  ),
  durationMs: z.number(),
})

const gateCheckSchema = z.object({
  name: z.enum(GATE_CHECKS),
  /** `skipped` where there was nothing to measure on; `summary` says what was missing. */
  verdict: z.enum(['passed', 'failed', 'skipped']),
  /** A sentence that a person understands, with the figures in it. */
  summary: z.string(),
  figures: z.record(z.string(), figure),
})

export const gateReportSchema = z.object({
  candidate: generation,
  /** The generation it was held against; null where none served. */
  against: generation.nullable(),
  passed: z.boolean(),
  checks: z.array(gateCheckSchema),
  replay: replayReportSchema.nullable(),
  durationMs: z.number(),
})

export type FixesAndBreaks = z.infer<typeof fixesSchema>
export type ReplayReport = z.infer<typeof replayReportSchema>
export type GateCheck = z.infer<typeof gateCheckSchema>
export type GateReport = z.infer<typeof gateReportSchema>
