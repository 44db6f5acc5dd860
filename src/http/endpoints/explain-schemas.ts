// Schema of GET /v1/decisions/{id}/explain and of `signalbox explain --json`.
import { z } from 'zod'
import { explainedDecisionSchema, receiptSchema } from './decision-schemas.ts'

const fact = z.union([z.string(), z.number()]).nullable()

const voteSchema = z.strictObject({
  id: z.string(),
  principal: z.string(),
  verdict: z.enum(['good', 'bad']),
  correct_route: z.string().nullable(),
  score: z.number().nullable(),
  comment: z.string().nullable(),
  source: z.enum(['explicit', 'review', 'import', 'implicit']),
  implicit_kind: z.enum(['re_ask', 'regenerate', 'correction']).nullable(),
  created_at: z.iso.datetime(),
})

export const decisionExplanationSchema = z.strictObject({
  object: z.literal('decision.explanation'),
  id: z.string(),
  verdict: z
    .enum(['reproduced', 'differs', 'not_reproducible'])
    .describe('Whether the decision comes out the same, made again from what is kept.'),
  reasons: z
    .array(z.string())
    .describe('Why it cannot be made again, or what may have made it come out otherwise.'),
  notes: z.array(z.string()).describe('What was taken as recorded, because it is not kept.'),
  differences: z.array(z.strictObject({ field: z.string(), stored: fact, remade: fact })),
  decision: receiptSchema.describe(
    'As recorded; texts of exemplars are those of the generation that decided.',
  ),
  skipped: z
    .array(z.strictObject({ model: z.string(), constraint: z.string(), message: z.string() }))
    .describe('Models that could not serve the request.'),
  remade: z
    .strictObject({
      route: z.string(),
      model: z.string(),
      reason: receiptSchema.shape.reason,
      confidence: z.number().nullable(),
      margin: z.number().nullable(),
      threshold: z.number().nullable(),
      scores: receiptSchema.shape.scores,
    })
    .nullable()
    .describe('As it comes out now; null where it cannot be made again.'),
  explanation: explainedDecisionSchema.shape.explanation,
  feedback: z.array(voteSchema).describe('Votes on it; all of them for an admin, else your own.'),
})
