// The schema of a generation's manifest: written last, and accepted only if every hash in it matches.
import { z } from 'zod'
import { learnedReportSchema } from './learned-report.ts'

const fileSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().nonnegative(),
})

const fitReportSchema = z.strictObject({
  rows: z.int(),
  accuracy: z.number(),
  calibrationError: z.number(),
  risk: z.number(),
  delta: z.number(),
  abstentionCost: z.number().optional(),
  trafficShift: z.number().optional(),
  novelShare: z.number(),
  trustDescriptions: z.boolean(),
  copies: z.int(),
  anchors: z.int(),
  besideHash: z.int(),
  thresholds: z.record(
    z.string(),
    z.strictObject({
      basis: z.enum(['price', 'route', 'all_routes', 'step', 'too_few']),
      rows: z.int(),
      errors: z.int(),
    }),
  ),
  flipRate: z
    .strictObject({ overall: z.number(), byRoute: z.record(z.string(), z.number()) })
    .nullable(),
})

export const manifestSchema = z.strictObject({
  /** 1 had bare embeddings in vectors.f32. */
  format: z.literal(2),
  generation: z.int().positive(),
  parentGeneration: z.int().positive().nullable(),
  createdAtMs: z.number(),
  encoderId: z.string(),
  /** Numbers of a whole row of vectors.f32, and of the embedding at its beginning, which is searched. */
  dimensions: z.int().positive(),
  searchDimensions: z.int().positive(),
  exemplarCount: z.int().nonnegative(),
  exemplarDigest: z.string(),
  /** Exemplars per route. */
  routes: z.record(z.string(), z.int()),
  feedbackExemplars: z.int().nonnegative(),
  seed: z.int(),
  hnsw: z.strictObject({ m: z.int(), efConstruction: z.int(), efSearch: z.int() }),
  recallAt10: z.number(),
  /** `exact` where the measured recall is below index.min_recall or there are few exemplars, and where codes.bin serves. */
  search: z.enum(['hnsw', 'exact']),
  classifier: z.strictObject({
    version: z.int(),
    routes: z.array(z.string()),
    parameters: z.record(z.string(), z.number()),
    thresholds: z.record(z.string(), z.number()),
    /** Arrays in classifier.f32, in order: name and length in numbers. */
    arrays: z.array(z.strictObject({ name: z.string(), length: z.int() })),
  }),
  /** Out-of-fold accuracy, how thresholds came about, flip rates. */
  fit: fitReportSchema.nullable(),
  heldOut: z.record(z.string(), z.number()).nullable(),
  /** What was learned of models' outcomes; absent where no route chooses by them, or there are too few. */
  outcomes: learnedReportSchema.optional(),
  /**
   * exemplars.jsonl, vectors.f32, hnsw.bin, classifier.f32, outcomes.bin where what was learned holds, and unseen.f32 and
   * codes.bin, which older programs pass over.
   */
  files: z.record(z.string(), fileSchema),
})

export type Manifest = z.infer<typeof manifestSchema>
