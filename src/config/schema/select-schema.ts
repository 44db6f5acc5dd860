// `routes.NAME.select`: a policy's name, or an object where the policy has settings of its own.
import { z } from 'zod'
import { SELECT_NAMES, type SelectName } from '../../core/select/policies.ts'
import type { SelectSettings, Target } from '../../core/select/select-models.ts'

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

const learnedSchema = z.strictObject({
  policy: z.literal('learned'),
  target: z
    .union([
      z.strictObject({
        quality: z
          .number()
          .gt(0)
          .max(1)
          .describe("Share of the best model's quality to keep at the least cost."),
      }),
      z.strictObject({
        usd_per_day: z.number().positive().describe('To spend on this route in a day of UTC.'),
      }),
    ])
    .default({ quality: 0.98 })
    .describe('{ quality: 0.98 } or { usd_per_day: 20 }.'),
  cost_quality: balancedSchema.shape.cost_quality.describe(
    'Of `balanced`, which chooses where outcomes are too few.',
  ),
  quality: balancedSchema.shape.quality.describe('Likewise.'),
})

const plainSchema = z.strictObject({
  policy: z.enum(SELECT_NAMES).exclude(['weighted', 'balanced', 'learned']),
})

export const selectSchema = z
  .union([
    z.enum(SELECT_NAMES),
    z.discriminatedUnion('policy', [weightedSchema, balancedSchema, learnedSchema, plainSchema]),
  ])
  .default('first')

export type SelectConfig = z.infer<typeof selectSchema>

const DEFAULTS: SelectSettings = { weights: {}, costQuality: 0.5, quality: {}, target: null }
const DEFAULT_TARGET: Target = { quality: 0.98 }

const targetOf = (target: z.infer<typeof learnedSchema>['target']): Target =>
  'quality' in target ? target : { usdPerDay: target.usd_per_day }

/** A route's `select` as its policy takes it. */
export const policyOf = (
  select: SelectConfig,
): { policy: SelectName; settings: SelectSettings } => {
  if (typeof select === 'string') {
    const target = select === 'learned' ? DEFAULT_TARGET : null
    return { policy: select, settings: { ...DEFAULTS, target } }
  }
  const { policy } = select
  if (policy === 'weighted') return { policy, settings: { ...DEFAULTS, weights: select.weights } }
  if (policy === 'balanced') {
    const { cost_quality: costQuality, quality } = select
    return { policy, settings: { ...DEFAULTS, costQuality, quality } }
  }
  if (policy === 'learned') {
    const { cost_quality: costQuality, quality } = select
    const target = targetOf(select.target)
    return { policy, settings: { ...DEFAULTS, costQuality, quality, target } }
  }
  return { policy, settings: DEFAULTS }
}

/** Models that the settings of a policy name. */
export const modelsNamedIn = (select: SelectConfig): string[] => {
  const { settings } = policyOf(select)
  return [...Object.keys(settings.weights), ...Object.keys(settings.quality)]
}
