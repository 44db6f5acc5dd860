// Schemas of the review queue.
import { z } from 'zod'
import { REVIEW_ACTIONS, REVIEW_KINDS } from '../../../training/review/review-item.ts'

export const reviewQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(10).describe('Most items of each kind.'),
  kind: z.enum(REVIEW_KINDS).optional(),
})

const base = {
  id: z.string().describe('To rule on it: POST /admin/review/{id}.'),
  why: z.string().describe('Why it is there, in a sentence.'),
}
const text = z.string().nullable().describe('Null where texts are not stored.')

const decisionItemSchema = z.strictObject({
  ...base,
  kind: z.literal('decision'),
  decision_id: z.string(),
  text,
  route: z.string().describe('Taken then.'),
  reason: z.string(),
  best: z
    .array(z.strictObject({ route: z.string(), score: z.number() }))
    .describe('The two best routes by the generation that serves now.'),
  confidence: z.number(),
  stands_for: z.number().describe('Past prompts that a label here speaks for.'),
  worth: z.number(),
  nearest: z.array(
    z.strictObject({ exemplar_id: z.string(), route: z.string(), similarity: z.number(), text }),
  ),
})

const candidateItemSchema = z.strictObject({
  ...base,
  kind: z.literal('candidate'),
  exemplar_id: z.string(),
  text,
  route: z.string(),
  decision_ids: z.array(z.string()),
})

const newRouteItemSchema = z.strictObject({
  ...base,
  kind: z.literal('new_route'),
  name: z.string().describe('Proposed.'),
  description: z.string(),
  prompts: z.number(),
  purity: z.number().describe('Estimated share of them that are of one kind.'),
  nearest_route: z.string().nullable(),
  exemplars: z.array(z.strictObject({ decision_id: z.string(), text })),
})

export const reviewItemSchema = z.discriminatedUnion('kind', [
  decisionItemSchema,
  candidateItemSchema,
  newRouteItemSchema,
])

export const reviewListSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(reviewItemSchema),
  decisions: z.number().describe('Distinct past prompts that were looked at.'),
  generation: z.number().nullable(),
})

export const rulingRequestSchema = z.strictObject({
  action: z.enum(REVIEW_ACTIONS),
  route: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('Of relabel; of an accepted new route: its name, where not the proposed one.'),
  note: z.string().max(2_000).optional(),
})

export const rulingResultSchema = z.strictObject({
  object: z.literal('review_ruling'),
  id: z.string(),
  action: z.enum(REVIEW_ACTIONS),
  route: z.string().nullable(),
  message: z.string(),
  yaml: z
    .string()
    .nullable()
    .describe('Lines that signalbox.yaml lacks for an accepted new route.'),
})
