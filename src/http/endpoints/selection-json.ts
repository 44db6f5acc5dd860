// Schema of how a model was chosen.
import { z } from 'zod'
import type { Estimate } from '../../core/select/select-models.ts'
import type { Selection } from '../../core/select/selection.ts'

export const selectionSchema = z
  .strictObject({
    policy: z.string(),
    seed: z.int().describe('Of all that the policy left to chance.'),
    held: z
      .strictObject({ model: z.string(), is_tool_loop: z.boolean() })
      .nullable()
      .describe('The model that the conversation was with.'),
    prompt_tokens: z.int().describe('Estimate for the whole prompt.'),
    learned: z
      .strictObject({
        target: z
          .strictObject({ quality: z.number() })
          .or(z.strictObject({ usd_per_day: z.number() })),
        price: z.number().nullable().describe('Points of quality that one USD was worth.'),
        fallback: z
          .enum(['nothing_learned', 'too_few_models', 'not_embedded'])
          .nullable()
          .describe('Why `balanced` chose; null where it did not.'),
      })
      .nullable()
      .describe('Of the policy `learned`.'),
    candidates: z.array(
      z.strictObject({
        model: z.string(),
        propensity: z.number().describe('Probability that the policy put this model first.'),
        cost_usd: z.number().nullable().describe('Expected; null where a price is unknown.'),
        cached_tokens: z.int().describe('Of the prompt, expected in the provider’s cache.'),
        completion_tokens: z.int().describe('Predicted.'),
        first_token_ms: z.number().nullable().describe('Expected; null where nothing is known.'),
        tokens_per_second: z.number().nullable(),
        calls: z.int().describe('How often it had been called.'),
        pending_ms: z
          .number()
          .describe('How long the oldest call under way had waited for its first token.'),
        is_stale: z.boolean().describe('True where its speed had not been seen for long.'),
        wait_ms: z.number().describe('Until it might be called; 0: at once.'),
        estimate: z
          .strictObject({
            quality: z.number(),
            half_width: z.number().describe('Half of the 90 % interval.'),
            cost_usd: z.number(),
            shift: z.number().describe('By how much answers of late were better than estimated.'),
            cost_factor: z.number().describe('By what factor they cost more.'),
          })
          .nullable()
          .describe('What outcomes said of it for this prompt.'),
      }),
    ),
  })
  .nullable()
  .describe('Null where the configured order or the caller decided.')

const learnedJson = (learned: Selection['learned']) =>
  learned
    ? {
        target:
          'quality' in learned.target ? learned.target : { usd_per_day: learned.target.usdPerDay },
        price: learned.price,
        fallback: learned.fallback,
      }
    : null

const estimateJson = (estimate: Estimate | undefined) =>
  estimate
    ? {
        quality: estimate.quality,
        half_width: estimate.halfWidth,
        cost_usd: estimate.costUsd,
        shift: estimate.shift,
        cost_factor: estimate.costFactor,
      }
    : null

export const selectionJson = (selection: Selection | null): z.infer<typeof selectionSchema> =>
  selection && {
    policy: selection.policy,
    seed: selection.seed,
    held: selection.held && {
      model: selection.held.model,
      is_tool_loop: selection.held.isToolLoop,
    },
    prompt_tokens: selection.promptTokens,
    learned: learnedJson(selection.learned),
    candidates: selection.candidates.map((candidate) => ({
      model: candidate.model,
      propensity: candidate.propensity,
      cost_usd: candidate.costUsd,
      cached_tokens: candidate.cachedTokens,
      completion_tokens: candidate.completionTokens,
      first_token_ms: candidate.firstTokenMs,
      tokens_per_second: candidate.tokensPerSecond,
      calls: candidate.calls,
      pending_ms: candidate.pendingMs,
      is_stale: candidate.isStale,
      wait_ms: candidate.waitMs,
      estimate: estimateJson(candidate.estimate),
    })),
  }
