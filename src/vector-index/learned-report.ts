// The report of a rebuild on its outcome model; part of the manifest.
import { z } from 'zod'

const learnedRouteSchema = z.object({
  route: z.string(),
  /** Share of the best model's quality that is to be kept. */
  target: z.number(),
  verdict: z.enum(['passed', 'refused']),
  reason: z.string(),
  /** Held-out prompts that it was measured on. */
  prompts: z.int(),
  /** Means of the choices on them. */
  quality: z.number(),
  costUsd: z.number(),
  best: z.object({ model: z.string(), quality: z.number(), costUsd: z.number() }),
  /** Share of the prompts of each model. */
  share: z.record(z.string(), z.number()),
})

/** Of the manifest, and of whoever asked for the rebuild. */
export const learnedReportSchema = z.object({
  verdict: z.enum(['passed', 'refused']),
  reason: z.string(),
  /** Of the outcomes that it was fitted on. */
  digest: z.string(),
  models: z.array(z.string()),
  prompts: z.int(),
  heldOut: z.int(),
  /** Share of the answers that were measured. */
  measuredShare: z.number(),
  /** Prompts of another encoder, which were left out. */
  foreign: z.int(),
  routes: z.array(learnedRouteSchema),
})

export type LearnedRoute = z.infer<typeof learnedRouteSchema>
export type LearnedReport = z.infer<typeof learnedReportSchema>
