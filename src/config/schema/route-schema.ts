// The part of signalbox.yaml about one route: its models, how they are chosen, and what differs from the whole.
import { z } from 'zod'
import { routeModelSchema } from './action-schema.ts'
import { chainSchema, FALLBACKS, streamModeSchema } from './resilience-schema.ts'
import { selectSchema } from './select-schema.ts'

const routeResilienceSchema = z.strictObject({
  stream: streamModeSchema.optional(),
  fallbacks: z
    .strictObject({
      general: chainSchema.optional().describe(FALLBACKS.general),
      context_window: chainSchema.optional().describe(FALLBACKS.context_window),
      content_policy: chainSchema.optional().describe(FALLBACKS.content_policy),
    })
    .prefault({})
    .describe('Each list given here replaces the global one for this route.'),
})

const routeCacheSchema = z.strictObject({
  mode: z
    .enum(['off', 'exact', 'semantic'])
    .default('off')
    .describe(
      'exact: answer the same request of the same key again without a call. semantic: also a first question of the same words but for articles, courtesies and the like.',
    ),
  ttl_ms: z.int().positive().default(3_600_000).describe('How long an answer is kept.'),
  similarity: z
    .number()
    .min(0.8)
    .max(1)
    .default(0.97)
    .describe('Least cosine of the embeddings, for mode semantic.'),
})

export const routeSchema = z.strictObject({
  description: z
    .string()
    .default('')
    .describe(
      'What belongs here, for people; the classifier uses it with training.trust_descriptions.',
    ),
  models: z
    .array(routeModelSchema)
    .min(1)
    .describe(
      'Configured model ids, the preferred first; the others are tried after it. `{ model, effort: low, answer_tokens: 500 }` is a way of asking one, and is chosen and measured as a model of its own, `MODEL@low-500`.',
    ),
  select: selectSchema.describe(
    'How one of them is chosen; first: in the order written. An object where the policy has settings: see [the policies](../core/select/README.md).',
  ),
  threshold: z
    .union([z.literal('auto'), z.number().min(0).max(1)])
    .default('auto')
    .describe('Least confidence that takes this route; auto uses the one fitted at rebuild.'),
  resilience: routeResilienceSchema
    .prefault({})
    .describe('What differs from the global resilience.'),
  cache: routeCacheSchema.prefault({}).describe('Whether answers are kept and served again.'),
})

export const routeNamePattern = /^[a-z][a-z0-9_-]{0,63}$/
