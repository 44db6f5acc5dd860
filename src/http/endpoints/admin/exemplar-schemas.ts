// Schemas of the exemplars' accounts.
import { z } from 'zod'

export const accountsQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
})

export const exemplarRulingRequestSchema = z.strictObject({
  action: z
    .enum(['quarantine', 'release'])
    .describe(
      'quarantine leaves it out of the next build, release keeps it in whatever votes say.',
    ),
  note: z.string().max(500).nullish(),
})

export const accountSchema = z.strictObject({
  object: z.literal('exemplar.account'),
  exemplar_id: z.string(),
  route: z.string(),
  credit: z.number().describe('Votes it cast that were right, by its share in each.'),
  blame: z.number().describe('Votes it cast that were wrong.'),
  right_share: z.number().describe('Expected share of right ones, pooled towards its route.'),
  harm_chance: z.number().describe('Certainty that it does harm.'),
  ruling: z
    .strictObject({ action: z.string(), by: z.string(), note: z.string().nullable() })
    .nullable(),
})

export const accountListSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(accountSchema),
})

export const exemplarRuledSchema = z.strictObject({
  object: z.literal('exemplar.ruling'),
  exemplar_id: z.string(),
  action: z.string(),
})
