// Schemas of the arms (shadow and canary).
import { z } from 'zod'

const generation = z.int().positive()
/** Equal to that of vector-index/arms.ts. */
const MAX_CANARY_SHARE = 0.5
const reason = z.string().min(1).max(500)

export const startShadowRequestSchema = z.strictObject({ generation })

export const startCanaryRequestSchema = z.strictObject({
  generation,
  share: z.number().gt(0).max(MAX_CANARY_SHARE).describe('Share of the sessions it decides for.'),
})

export const endArmQuerySchema = z.looseObject({
  reason: reason.optional().describe('For the history.'),
})

const votesSchema = z.strictObject({
  votes: z.int(),
  bad: z.int(),
  bad_rate: z.number().nullable(),
})

const armFields = {
  generation,
  started_at: z.iso.datetime(),
  author: z.string(),
  problem: z.string().nullable().describe('Why it takes no part; null where it does.'),
}

const shadowSchema = z.strictObject({
  ...armFields,
  decisions: z.int().describe('Decisions that it made once more.'),
  differing: z.int().describe('Those that it would have sent elsewhere.'),
  moves: z.array(z.strictObject({ from: z.string(), to: z.string(), decisions: z.int() })),
  examples: z
    .array(
      z.strictObject({
        decision_id: z.string(),
        route: z.string(),
        shadow_route: z.string(),
        text: z.string().nullable(),
      }),
    )
    .describe('The newest that differ.'),
})

const canarySchema = z.strictObject({
  ...armFields,
  share: z.number(),
  against: generation,
  verdict: z.enum(['worse', 'held', 'undecided']),
  evidence: z
    .number()
    .describe('That it is worse: 1 says nothing; it is rolled back at `worse_from`.'),
  worse_from: z.number(),
  votes: z.strictObject({ canary: votesSchema, serving: votesSchema }),
  summary: z.string(),
})

export const armsSchema = z.strictObject({
  object: z.literal('arms'),
  current: generation.nullable(),
  shadow: shadowSchema.nullable(),
  canary: canarySchema.nullable(),
})
