// `routes.NAME.select`: a policy's name, or an object where the policy has settings of its own.
import { z } from 'zod'
import { SELECT_NAMES, type SelectName } from '../core/select/policies.ts'
import type { SelectSettings } from '../core/select/select-models.ts'

const weightedSchema = z.strictObject({
  policy: z.literal('weighted'),
  weights: z
    .record(z.string(), z.number().nonnegative())
    .default({})
    .describe('By model; 1 for one that is not named.'),
})

const plainSchema = z.strictObject({ policy: z.enum(SELECT_NAMES).exclude(['weighted']) })

export const selectSchema = z
  .union([z.enum(SELECT_NAMES), z.discriminatedUnion('policy', [weightedSchema, plainSchema])])
  .default('first')

export type SelectConfig = z.infer<typeof selectSchema>

const DEFAULTS: SelectSettings = { weights: {}, costQuality: 0.5, quality: {} }

/** A route's `select` as its policy takes it. */
export const policyOf = (
  select: SelectConfig,
): { policy: SelectName; settings: SelectSettings } => {
  if (typeof select === 'string') return { policy: select, settings: DEFAULTS }
  const { policy } = select
  if (policy === 'weighted') return { policy, settings: { ...DEFAULTS, weights: select.weights } }
  return { policy, settings: DEFAULTS }
}

/** Models that the settings of a policy name. */
export const modelsNamedIn = (select: SelectConfig): string[] => {
  const { settings } = policyOf(select)
  return [...Object.keys(settings.weights), ...Object.keys(settings.quality)]
}
