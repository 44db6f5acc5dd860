// The report of a build: what requested it, which votes went into it, what the gate found, what became of it. One schema
// for the file beside the generation, for whoever asked for the rebuild, and for the API.
import { z } from 'zod'
import { learnedReportSchema } from '../../vector-index/learned-report.ts'
import { gateReportSchema } from './gate-report.ts'
import { routingReportSchema } from './routing-report.ts'

export const TRIGGERS = ['first', 'command', 'api', 'schedule', 'corrections'] as const
/** What asked for a rebuild. */
export type Trigger = (typeof TRIGGERS)[number]

export const BUILD_OUTCOMES = ['promoted', 'refused', 'canary', 'kept'] as const
export type BuildOutcome = (typeof BUILD_OUTCOMES)[number]

const generation = z.int().positive()

/** A prompt that votes speak for. */
const candidateSchema = z.object({
  exemplarId: z.string(),
  route: z.string(),
  /** Null where it is not kept. */
  text: z.string().nullable(),
  decisionIds: z.array(z.string()),
  /** A sentence: why it was taken, or why it waits for a person. */
  reason: z.string().nullable(),
})

const rejectedSchema = z.object({ decisionId: z.string(), reason: z.string() })

const quarantinedSchema = z.object({
  exemplarId: z.string(),
  route: z.string(),
  reason: z.string(),
})

/** A report is read whenever somebody looks: ten thousand rejected votes are a count, and the first of them. */
export const MOST_LISTED = 500

/** What became of the feedback. */
export const feedbackSchema = z.object({
  counts: z
    .object({
      accepted: z.int(),
      queued: z.int(),
      rejected: z.int(),
      quarantined: z.int(),
      /** Prompts whose route was confirmed, and that say nothing new. */
      confirmed: z.int(),
    })
    .describe(`The lists hold the first ${MOST_LISTED} of each.`),
  accepted: z.array(candidateSchema),
  queued: z.array(candidateSchema),
  rejected: z.array(rejectedSchema),
  quarantined: z.array(quarantinedSchema),
})

/** The file beside a generation. */
export const generationReportSchema = z.object({
  format: z.literal(1),
  generation,
  parent: generation.nullable(),
  outcome: z.enum(BUILD_OUTCOMES),
  /** A sentence: why this outcome. */
  reason: z.string(),
  trigger: z.enum(TRIGGERS),
  author: z.string(),
  createdAtMs: z.number(),
  /** Of everything that the build was made from and judged by. */
  digest: z.string(),
  gate: gateReportSchema.nullable(),
  /** Null without held-out rows; absent in reports of before it was kept. */
  routing: routingReportSchema.nullish(),
  ...feedbackSchema.shape,
})

/** What a rebuild tells whoever asked for it, apart from the feedback. */
export const rebuildFactsSchema = z.object({
  outcome: z.enum([...BUILD_OUTCOMES, 'unchanged']),
  /** A sentence: why this outcome. */
  reason: z.string(),
  /** The generation that was built, or the one that there was already. */
  generation,
  /** The one that was current before it was built. */
  parent: generation.nullable(),
  /** The generation that is current now. */
  current: generation.nullable(),
  exemplars: z.int(),
  /** Exemplars per route. */
  routes: z.record(z.string(), z.int()),
  /** Distinct texts embedded now, and known from before. */
  embedded: z.int(),
  reused: z.int(),
  recallAt10: z.number(),
  search: z.enum(['hnsw', 'exact']),
  /** Held-out figures by name, shares 0 to 1; null without held-out.jsonl. */
  heldOut: z.record(z.string(), z.number()).nullable(),
  outcomes: learnedReportSchema
    .nullable()
    .describe('What was learned of models’ outcomes; null where no route chooses by them.'),
  leftOut: z
    .object({ routes: z.array(z.string()), heldOutRows: z.int(), message: z.string() })
    .nullable()
    .describe('What the training data holds of routes that are not configured: not trained on.'),
  library: z
    .object({
      routes: z.array(z.string()),
      kept: z.int(),
      leftOut: z.int(),
      message: z.string(),
    })
    .nullable()
    .describe(
      'What of the exemplars that came of the library is trained on, by what it does to those of one’s own.',
    ),
  /** Null where there was nothing to judge it against, or nothing new to judge. */
  gate: gateReportSchema.nullable(),
  /** Generations that were removed. */
  removed: z.array(generation),
  holdsForgotten: z
    .boolean()
    .describe('True where what serves still holds a prompt that was to be forgotten.'),
  durationMs: z.number(),
})

export type GenerationReport = z.infer<typeof generationReportSchema>
export type FeedbackReport = z.infer<typeof feedbackSchema>
export type ReportedCandidate = z.infer<typeof candidateSchema>
export type ReportedQuarantine = z.infer<typeof quarantinedSchema>
export type RebuildFacts = z.infer<typeof rebuildFactsSchema>

/** Everything that became of the feedback. */
export type FeedbackLists = Omit<FeedbackReport, 'counts'> & { confirmed: number }

/** The first of each list, and how many there were. */
export const toFeedbackReport = (lists: FeedbackLists): FeedbackReport => {
  const { accepted, queued, rejected, quarantined, confirmed } = lists
  return {
    counts: {
      accepted: accepted.length,
      queued: queued.length,
      rejected: rejected.length,
      quarantined: quarantined.length,
      confirmed,
    },
    accepted: accepted.slice(0, MOST_LISTED),
    queued: queued.slice(0, MOST_LISTED),
    rejected: rejected.slice(0, MOST_LISTED),
    quarantined: quarantined.slice(0, MOST_LISTED),
  }
}
