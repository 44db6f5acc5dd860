// `routes.NAME.select`: a policy's name, or an object where the policy has settings of its own.
import { z } from 'zod'
import { SELECT_NAMES, type SelectName } from '../../core/select/policies.ts'
import type { SelectSettings } from '../../core/select/select-models.ts'

const weightedSchema = z.strictObject({
  policy: z.literal('weighted'),
  weights: z
    .record(z.string(), z.number().nonnegative())
    .default({})
    .describe('By model; 1 for one that is not named.'),
})

const balancedSchema = z.strictObject({
  policy: z.literal('balanced'),
  cost_quality: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('0: the cheapest. 1: the best, whatever it costs.'),
  quality: z
    .record(z.string(), z.number().min(0).max(1))
    .default({})
    .describe('By model; by the order of `models` for one that is not named.'),
})

const plainSchema = z.strictObject({
  policy: z.enum(SELECT_NAMES).exclude(['weighted', 'balanced']),
})

export const selectSchema = z
  .union([
    z.enum(SELECT_NAMES),
    z.discriminatedUnion('policy', [weightedSchema, balancedSchema, plainSchema]),
  ])
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
  if (policy === 'balanced') {
    const { cost_quality: costQuality, quality } = select
    return { policy, settings: { ...DEFAULTS, costQuality, quality } }
  }
  return { policy, settings: DEFAULTS }
}

/** Models that the settings of a policy name. */
export const modelsNamedIn = (select: SelectConfig): string[] => {
  const { settings } = policyOf(select)
  return [...Object.keys(settings.weights), ...Object.keys(settings.quality)]
}
